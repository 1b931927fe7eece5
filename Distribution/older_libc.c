// Functions of the C library that got a new version in 2.35 without a new meaning for those who do not look at errno: the program takes
// the older ones, and so runs with 2.34, which Red Hat 9 and Amazon Linux 2023 have.
#if defined(__linux__) && defined(__x86_64__)

__asm__(".symver older_hypot, hypot@GLIBC_2.2.5");
__asm__(".symver older_hypotf, hypotf@GLIBC_2.2.5");

double older_hypot(double x, double y);
float older_hypotf(float x, float y);

__attribute__((visibility("hidden"))) double hypot(double x, double y) { return older_hypot(x, y); }

__attribute__((visibility("hidden"))) float hypotf(float x, float y) { return older_hypotf(x, y); }

#endif
