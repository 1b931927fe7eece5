#ifndef CSEAL_H
#define CSEAL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// The seal of a packaged executable: a mark in the program itself, which says how long the whole file is, and a checksum at the
/// file's end.
///
/// Before anything else runs, a program whose mark is set compares both with the file that it was started from, and refuses to run
/// where they differ. So it notices also when the package behind it is missing.

/// The section of the executable that holds the mark: sixteen bytes by which it is known, and the size of the sealed file, or 0.
#define CSEAL_SECTION ".lowcode.seal"
#define CSEAL_MARK "\nlow-code-mark:\n"
#define CSEAL_MARK_SIZE 16

/// A checksum of 64 bits, at the speed of memory. Each change of a single word changes it; it protects from damage, not from malice.
typedef struct {
  uint64_t lanes[8];
  uint64_t count;
  uint8_t rest[64];
} cseal_sum;

void cseal_sum_begin(cseal_sum *sum);
void cseal_sum_add(cseal_sum *sum, const void *bytes, size_t count);
uint64_t cseal_sum_value(const cseal_sum *sum);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#endif
