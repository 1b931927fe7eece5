#ifndef PKCS12_ARCHIVE_H
#define PKCS12_ARCHIVE_H

#include <stddef.h>

/// Packs a certificate, those that its file has behind it, and its key into PKCS #12.
/// - `certificate`, `key`: files in PEM; they may be the same one.
/// - `reason`: has room for 256 bytes, and gets a few words where it fails.
/// - Returns: what `pkcs12_free` frees, of `size` bytes; NULL if it fails.
unsigned char *pkcs12_pack(const char *certificate, const char *key, const char *password, size_t *size, char *reason);

void pkcs12_free(unsigned char *archive);

#endif
