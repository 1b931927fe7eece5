#include "digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

struct digest {
  EVP_MD_CTX *context;
  const EVP_MD *function;
};

const void *digest_function(const char *name) { return EVP_MD_fetch(NULL, name, NULL); }

digest *digest_begin(const void *function) {
  digest *sum = malloc(sizeof *sum);
  if (!sum) return NULL;
  sum->function = function;
  sum->context = EVP_MD_CTX_new();
  if (!sum->context || EVP_DigestInit_ex2(sum->context, function, NULL) != 1) {
    digest_free(sum);
    return NULL;
  }
  return sum;
}

void digest_add(digest *sum, const void *bytes, size_t count) { EVP_DigestUpdate(sum->context, bytes, count); }

size_t digest_end(digest *sum, unsigned char *result) {
  unsigned count = 0;
  EVP_DigestFinal_ex(sum->context, result, &count);
  EVP_DigestInit_ex2(sum->context, sum->function, NULL);
  return count;
}

void digest_free(digest *sum) {
  if (sum) EVP_MD_CTX_free(sum->context);
  free(sum);
}

size_t digest_hmac(
  const void *function, const void *key, size_t key_count, const void *message, size_t count, unsigned char *result) {
  unsigned length = 0;
  // A key of no bytes has to be somewhere all the same.
  if (!HMAC(function, key ? key : "", (int)key_count, message, count, result, &length)) return 0;
  return length;
}
