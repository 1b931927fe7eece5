#include "cseal.h"

#include <string.h>

static uint64_t rotated(uint64_t word, int bits) { return word << bits | word >> (64 - bits); }

/// A word taken into a lane: for each lane a different one of words, and for each word of lanes, so that no change of one is lost. A
/// few bits become many, so that a few of the next word cannot cancel them.
static uint64_t mixed(uint64_t lane, uint64_t word) {
  return rotated(lane + word * 0xC2B2AE3D27D4EB4F, 31) * 0x9E3779B97F4A7C15;
}

static void add_block(cseal_sum *sum, const uint8_t *block) {
  for (int lane = 0; lane < 8; lane++) {
    uint64_t word;
    memcpy(&word, block + 8 * lane, 8);
    sum->lanes[lane] = mixed(sum->lanes[lane], word);
  }
}

void cseal_sum_begin(cseal_sum *sum) {
  memset(sum, 0, sizeof *sum);
  for (int lane = 0; lane < 8; lane++) sum->lanes[lane] = mixed(0, lane + 1);
}

void cseal_sum_add(cseal_sum *sum, const void *bytes, size_t count) {
  const uint8_t *next = bytes;
  size_t filled = sum->count % 64;
  sum->count += count;
  if (filled > 0) {
    size_t taken = count < 64 - filled ? count : 64 - filled;
    memcpy(sum->rest + filled, next, taken);
    next += taken;
    count -= taken;
    if (filled + taken < 64) return;
    add_block(sum, sum->rest);
  }
  for (; count >= 64; next += 64, count -= 64) add_block(sum, next);
  if (count > 0) memcpy(sum->rest, next, count);
}

uint64_t cseal_sum_value(const cseal_sum *sum) {
  cseal_sum last = *sum;
  size_t filled = last.count % 64;
  memset(last.rest + filled, 0, 64 - filled);
  add_block(&last, last.rest);
  uint64_t value = mixed(0, last.count);
  for (int lane = 0; lane < 8; lane++) value = mixed(value, last.lanes[lane]);
  return value ^ value >> 32;
}
