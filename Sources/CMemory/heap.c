#include "heap.h"

// Says which C library there is.
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

void heap_share(void) { mallopt(M_ARENA_MAX, 1); }
void heap_return(void) { mallopt(M_MMAP_THRESHOLD, 1 << 20); }
void heap_trim(void) { malloc_trim(0); }
#else
void heap_share(void) {}
void heap_return(void) {}
void heap_trim(void) {}
#endif
