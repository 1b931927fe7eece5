#include "signing.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

struct signing_key {
  EVP_PKEY *key;
  char kind[64];
};

typedef struct {
  const void *bytes;
  size_t count;
  int was_asked_for;
} passphrase;

static int give_passphrase(char *buffer, int size, int is_writing, void *context) {
  (void)is_writing;
  passphrase *given = context;
  given->was_asked_for = 1;
  if (!given->bytes || size < 0 || given->count > (size_t)size) return -1;
  memcpy(buffer, given->bytes, given->count);
  return (int)given->count;
}

// The name of the curve, where it is one of those with a name: also where a key spells its curve out.
static void name_kind(signing_key *key) {
  const char *type = EVP_PKEY_get0_type_name(key->key);
  strncpy(key->kind, type ? type : "", sizeof key->kind - 1);
  if (!type || strcmp(type, "EC") != 0) return;
  size_t count = 0;
  EVP_PKEY_get_group_name(key->key, key->kind, sizeof key->kind, &count);
}

// An RSA key whose maker allows PSS padding only is an RSA key like any other to the reference.
static EVP_PKEY *without_padding_rule(EVP_PKEY *key) {
  if (!key || !EVP_PKEY_is_a(key, "RSA-PSS")) return key;
  PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
  const unsigned char *der = NULL;
  int count = 0;
  EVP_PKEY *plain = info && PKCS8_pkey_get0(NULL, &der, &count, NULL, info) == 1
    ? d2i_PrivateKey(EVP_PKEY_RSA, NULL, &der, count) : NULL;
  PKCS8_PRIV_KEY_INFO_free(info);
  if (!plain) return key;
  EVP_PKEY_free(key);
  return plain;
}

signing_outcome signing_key_read(
  const void *pem, size_t count, const void *given, size_t given_count, signing_key **key) {
  *key = NULL;
  passphrase secret = {given, given_count, 0};
  BIO *text = count <= (size_t)1 << 24 ? BIO_new_mem_buf(pem, (int)count) : NULL;
  EVP_PKEY *read = without_padding_rule(text ? PEM_read_bio_PrivateKey(text, NULL, give_passphrase, &secret) : NULL);
  BIO_free(text);
  // Nobody reads the thread's queue of errors, so it must stay empty.
  ERR_clear_error();
  if (!read) {
    if (!secret.was_asked_for) return SIGNING_UNREADABLE;
    return given ? SIGNING_WRONG_PASSPHRASE : SIGNING_ENCRYPTED;
  }
  signing_key *made = calloc(1, sizeof *made);
  if (!made || (given && !secret.was_asked_for)) {
    EVP_PKEY_free(read);
    free(made);
    return made ? SIGNING_NOT_ENCRYPTED : SIGNING_UNREADABLE;
  }
  made->key = read;
  name_kind(made);
  *key = made;
  return SIGNING_READ;
}

void signing_key_free(signing_key *key) {
  if (!key) return;
  EVP_PKEY_free(key->key);
  free(key);
}

const char *signing_key_kind(const signing_key *key) { return key->kind; }

// The two numbers of an elliptic signature, out of their DER.
static size_t plain_numbers(const EVP_PKEY *key, const unsigned char *der, size_t count, unsigned char *out, size_t capacity) {
  size_t width = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;
  ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)count);
  int is_written = signature && 2 * width <= capacity
    && BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, (int)width) >= 0
    && BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + width, (int)width) >= 0;
  ECDSA_SIG_free(signature);
  return is_written ? 2 * width : 0;
}

static int start(EVP_MD_CTX *context, const signing_key *key, signing_scheme scheme) {
  EVP_PKEY_CTX *options = NULL;
  if (EVP_DigestSignInit_ex(context, &options, scheme.hash, NULL, NULL, key->key, NULL) != 1) return 0;
  if (!scheme.pads_by_pss) return 1;
  return EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1
    && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
}

size_t signing_sign(
  const signing_key *key, signing_scheme scheme, const void *message, size_t count, unsigned char *signature,
  size_t capacity) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  size_t size = (size_t)EVP_PKEY_get_size(key->key);
  unsigned char *made = context ? malloc(size) : NULL;
  int is_made = made && start(context, key, scheme) && EVP_DigestSign(context, made, &size, message, count) == 1;
  size_t written = 0;
  if (is_made && strcmp(EVP_PKEY_get0_type_name(key->key), "EC") == 0) {
    written = plain_numbers(key->key, made, size, signature, capacity);
  } else if (is_made && size <= capacity) {
    memcpy(signature, made, size);
    written = size;
  }
  free(made);
  EVP_MD_CTX_free(context);
  ERR_clear_error();
  return written;
}
