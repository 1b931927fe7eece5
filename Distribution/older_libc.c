// What lets the program run with version 2.34 of the C library, which Red Hat 9 and Amazon Linux 2023 have, wherever it is built.
#ifdef __linux__

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

// The C library has these since 2.36, and Expat and the C++ library use them where they were built with that.
__attribute__((visibility("hidden"))) void arc4random_buf(void *bytes, size_t count) {
  for (size_t done = 0; done < count;) {
    ssize_t got = getrandom((char *)bytes + done, count - done, 0);
    if (got >= 0) done += (size_t)got;
    // Signals interrupt it; it only fails where the kernel lacks it.
    else if (errno != EINTR) abort();
  }
}

__attribute__((visibility("hidden"))) unsigned arc4random(void) {
  unsigned value;
  arc4random_buf(&value, sizeof value);
  return value;
}

#endif

// These got a new version in 2.35 without a new meaning for those who do not look at errno.
#if defined(__linux__) && defined(__x86_64__)

__asm__(".symver older_hypot, hypot@GLIBC_2.2.5");
__asm__(".symver older_hypotf, hypotf@GLIBC_2.2.5");

double older_hypot(double x, double y);
float older_hypotf(float x, float y);

__attribute__((visibility("hidden"))) double hypot(double x, double y) { return older_hypot(x, y); }

__attribute__((visibility("hidden"))) float hypotf(float x, float y) { return older_hypotf(x, y); }

#endif
