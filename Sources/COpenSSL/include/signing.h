#ifndef SIGNING_H
#define SIGNING_H

#include <stddef.h>

/// A private key, held by the system's libcrypto. It may be used by one thread at a time.
typedef struct signing_key signing_key;

/// What came of reading a key.
typedef enum {
  SIGNING_READ,
  /// The text is no private key, or of a kind that libcrypto does not know.
  SIGNING_UNREADABLE,
  /// The key is encrypted, and no passphrase was given.
  SIGNING_ENCRYPTED,
  /// A passphrase was given, and the key is not encrypted.
  SIGNING_NOT_ENCRYPTED,
  /// The passphrase does not decrypt the key.
  SIGNING_WRONG_PASSPHRASE,
} signing_outcome;

/// Reads a private key in PEM. The passphrase is NULL for a key that is not encrypted.
///
/// `*key` is set where the outcome is `SIGNING_READ`; it is the caller's to free.
signing_outcome signing_key_read(
  const void *pem, size_t count, const void *passphrase, size_t passphrase_count, signing_key **key);
void signing_key_free(signing_key *key);

/// The kind of key: `RSA`, `RSA-PSS`, `ED25519`, `ED448`, or the curve of an elliptic one as in `secp256k1`.
const char *signing_key_kind(const signing_key *key);

/// How a message becomes a signature.
typedef struct {
  /// The name of the hash, as in `SHA256`; NULL for a kind of key that hashes by itself.
  const char *hash;
  /// Whether RSA pads by PSS, with a salt as long as the hash (RFC 8017 §8.1), instead of PKCS #1 v1.5.
  int pads_by_pss;
} signing_scheme;

/// Signs a message. Signatures of elliptic keys are `r` and `s` one after the other, each as long as the curve's order.
///
/// Returns how many bytes were written to `signature`, which has room for `capacity`; 0 if the key cannot sign so.
size_t signing_sign(
  const signing_key *key, signing_scheme scheme, const void *message, size_t count, unsigned char *signature,
  size_t capacity);

#endif
