#ifndef PAGES_H
#define PAGES_H

#include <stddef.h>

/// Makes a mapping of `from` bytes one of `to` bytes, elsewhere if it has to be, without copying what it holds.
///
/// Returns NULL if the system has no such call, or no memory: the mapping then stays as it was.
void *pages_resize(void *base, size_t from, size_t to);

#endif
