#ifndef CVERIFYING_H
#define CVERIFYING_H

#include <stddef.h>

/// Whether `signature` is the one of `message` by the public key of a private key in PEM; 0 also where something cannot be read.
///
/// `hash` is NULL for EdDSA. Signatures of elliptic keys are `r` and `s` one behind the other.
int cverifying_is_valid(
  const char *pem, const char *hash, int pads_by_pss, const void *message, size_t count, const unsigned char *signature,
  size_t signature_count);

#endif
