#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>

/// As many bytes as a digest has at most.
#define DIGEST_LARGEST 64

/// A hash function of libcrypto's by its name there, as in `SHA256`; NULL if it has none of that name. It is never freed, never
/// changes, and may be used by several threads.
const void *digest_function(const char *name);

/// A digest of bytes that come piece by piece, in the hands of one thread at a time.
typedef struct digest digest;

/// NULL if there is no memory for it.
digest *digest_begin(const void *function);
void digest_add(digest *sum, const void *bytes, size_t count);
/// Writes the digest to `result`, which has room for `DIGEST_LARGEST` bytes, and returns how many it has. The sum starts again.
size_t digest_end(digest *sum, unsigned char *result);
void digest_free(digest *sum);

/// Writes the HMAC (RFC 2104) of a message to `result`, which has room for `DIGEST_LARGEST` bytes, and returns how many it has.
size_t digest_hmac(
  const void *function, const void *key, size_t key_count, const void *message, size_t count, unsigned char *result);

#endif
