// Stops the wall clock of the process it is preloaded into. CONFORMANCE_CLOCK holds nanoseconds since 1970; advance_clock moves it.
// Only the wall clock stands still: monotonic time, which timeouts and locks are measured with, goes on.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long stopped_at(void) {
  static long long nanoseconds = -1;
  if (nanoseconds < 0) {
    const char *text = getenv("CONFORMANCE_CLOCK");
    nanoseconds = text ? atoll(text) : 0;
  }
  return nanoseconds;
}

static _Atomic long long advanced;

void advance_clock(long long nanoseconds) { advanced += nanoseconds; }

int clock_gettime(clockid_t clock, struct timespec *out) {
  long long now = stopped_at();
  if (now == 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) {
    return (int)syscall(SYS_clock_gettime, clock, out);
  }
  now += advanced;
  out->tv_sec = now / 1000000000;
  out->tv_nsec = now % 1000000000;
  return 0;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
