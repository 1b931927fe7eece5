#ifndef CTABLES_H
#define CTABLES_H

#include <stddef.h>

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// Tables that the program carries along, as Distribution/tables.py writes them, which describes their forms. Each function returns
/// bytes that stay for good, and sets `count` to how many there are.
const unsigned char *table_of_zones(size_t *count);
const unsigned char *table_of_ascii(size_t *count);
const unsigned char *table_of_hosts(size_t *count);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#endif
