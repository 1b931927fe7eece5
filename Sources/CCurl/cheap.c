#include "cheap.h"

#include <stddef.h>

#ifdef __GLIBC__
#include <malloc.h>

void cheap_share(void) { mallopt(M_ARENA_MAX, 1); }
#else
void cheap_share(void) {}
#endif
