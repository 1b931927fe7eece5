#ifndef CSCAN_H
#define CSCAN_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// Looking for the end of a JSON string, sixteen bytes at once where the processor can, and eight elsewhere.
///
/// The functions read up to sixteen bytes from each place that they reach, so as many must follow the text, and one of those must
/// be a byte at which they stop. They are inlined where they are called: that is why they are in a header.

#if defined(__SSE2__)

/// Quotes, backslashes and, as signed bytes are compared, whatever is below a blank or beyond ASCII: a bit each.
static inline uint32_t cscan_odd(__m128i bytes) {
  __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  __m128i slashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  __m128i others = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, slashes), others));
}

/// The first byte from `at` on that is a quote, a backslash, a control character or beyond ASCII.
static inline const uint8_t *cscan_plain(const uint8_t *at) {
  for (;; at += 16) {
    uint32_t odd = cscan_odd(_mm_loadu_si128((const __m128i *)at));
    if (odd) return at + __builtin_ctz(odd);
  }
}

/// The first byte from `at` on, where a character begins, that is a quote, a backslash or a control character, or that begins a character
/// which needs a closer look. What is skipped is well-formed UTF-8, of characters of up to three bytes.
static inline const uint8_t *cscan_text(const uint8_t *at) {
  for (;;) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    uint32_t odd = cscan_odd(bytes);
    uint32_t high = (uint32_t)_mm_movemask_epi8(bytes);
    uint32_t end = odd & ~high;
    // The bits before the end.
    uint32_t inside = (end ? end & -end : 0x10000) - 1;
    high &= inside;
    // As signed bytes: 80–BF, C2–DF, and E1–EF but for ED. After E0, ED and F0–F4 not every byte may follow.
    uint32_t tails = (uint32_t)_mm_movemask_epi8(_mm_cmplt_epi8(bytes, _mm_set1_epi8((char)0xC0))) & high;
    uint32_t from_c2 = (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)0xC1)));
    uint32_t from_e0 = (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)0xDF)));
    uint32_t from_e1 = (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)0xE0)));
    uint32_t from_f0 = (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)0xEF)));
    uint32_t ed = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)0xED)));
    uint32_t twos = from_c2 & ~from_e0 & high;
    uint32_t threes = from_e1 & ~from_f0 & ~ed & high;
    uint32_t expected = (twos | threes) << 1 | threes << 2;
    int length = end ? __builtin_ctz(end) : 16;
    if (!end && expected >> 16) {
      // The last character continues after the sixteen bytes, and is read with those.
      length = threes & 0x4000 ? 14 : 15;
      inside = (1u << length) - 1;
      twos &= inside, threes &= inside, tails &= inside, high &= inside;
      expected = (twos | threes) << 1 | threes << 2;
    }
    if (high != (twos | threes | tails) || expected != tails) {
      // Up to the first character beyond ASCII all is well.
      return at + __builtin_ctz(high);
    }
    at += length;
    if (end) return at;
  }
}

#else

static inline uint64_t cscan_load(const uint8_t *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

/// The first byte from `at` on that is a quote, a backslash, a control character or beyond ASCII.
static inline const uint8_t *cscan_plain(const uint8_t *at) {
  const uint64_t ones = 0x0101010101010101;
  for (;; at += 8) {
    uint64_t word = cscan_load(at);
    // The lowest bit that is set is right; those above it may be false.
    uint64_t odd = (((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones) | (word - ones * ' ') | word) & ones * 0x80;
    if (odd) return at + (__builtin_ctzll(odd) >> 3);
  }
}

/// The first byte from `at` on, where a character begins, that is a quote, a backslash or a control character, or that begins a character
/// which needs a closer look.
static inline const uint8_t *cscan_text(const uint8_t *at) { return cscan_plain(at); }

#endif

/// The number of digits at `at`; up to eight bytes are read at once.
static inline long cscan_digits(const uint8_t *at) {
  const uint8_t *start = at;
  for (;;) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    // A digit is 0–9 after this, and the rest 10–255.
    uint64_t apart = word ^ 0x3030303030303030;
    uint64_t others = (((apart & 0x7F7F7F7F7F7F7F7F) + 0x7676767676767676) | apart) & 0x8080808080808080;
    if (others) return at - start + (__builtin_ctzll(others) >> 3);
    at += 8;
  }
}

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#endif
