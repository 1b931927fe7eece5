#include "cheap.h"

// Says which C library there is.
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

void cheap_share(void) { mallopt(M_ARENA_MAX, 1); }
void cheap_return(void) { mallopt(M_MMAP_THRESHOLD, 1 << 20); }
#else
void cheap_share(void) {}
void cheap_return(void) {}
#endif
