#include "pkcs12.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <string.h>

// Keys that are encrypted are refused: nobody is asked for a password.
static int no_password(char *buffer, int size, int is_writing, void *context) {
  (void)buffer, (void)size, (void)is_writing, (void)context;
  return -1;
}

static STACK_OF(X509) *read_certificates(const char *path) {
  BIO *file = BIO_new_file(path, "r");
  STACK_OF(X509) *certificates = sk_X509_new_null();
  if (file && certificates) {
    for (X509 *each; (each = PEM_read_bio_X509(file, NULL, no_password, NULL));) sk_X509_push(certificates, each);
  }
  BIO_free(file);
  return certificates;
}

static EVP_PKEY *read_key(const char *path) {
  BIO *file = BIO_new_file(path, "r");
  EVP_PKEY *key = file ? PEM_read_bio_PrivateKey(file, NULL, no_password, NULL) : NULL;
  BIO_free(file);
  return key;
}

// The oldest algorithms are those that every system imports. The archive never leaves the process.
static PKCS12 *make(EVP_PKEY *key, STACK_OF(X509) *certificates, const char *password) {
  X509 *first = sk_X509_shift(certificates);
  const int method = NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
  PKCS12 *archive = PKCS12_create(password, "airbyte-lowcode", key, first, certificates, method, method, 0, -1, 0);
  X509_free(first);
  if (archive && !PKCS12_set_mac(archive, password, -1, NULL, 0, 0, EVP_sha1())) {
    PKCS12_free(archive);
    return NULL;
  }
  return archive;
}

unsigned char *pkcs12_pack(const char *certificate, const char *key, const char *password, size_t *size, char *reason) {
  STACK_OF(X509) *certificates = read_certificates(certificate);
  EVP_PKEY *private_key = read_key(key);
  PKCS12 *archive = NULL;
  if (!certificates || sk_X509_num(certificates) < 1) {
    strncpy(reason, "there is no certificate in PEM in its file", 255);
  } else if (!private_key) {
    strncpy(reason, "there is no key in PEM in its file, or it is encrypted", 255);
  } else if (!X509_check_private_key(sk_X509_value(certificates, 0), private_key)) {
    strncpy(reason, "the key is not the one of the certificate", 255);
  } else if (!(archive = make(private_key, certificates, password))) {
    strncpy(reason, "they cannot be packed into PKCS #12", 255);
  }
  unsigned char *bytes = NULL;
  int count = archive ? i2d_PKCS12(archive, &bytes) : -1;
  PKCS12_free(archive);
  EVP_PKEY_free(private_key);
  sk_X509_pop_free(certificates, X509_free);
  if (count < 0) return NULL;
  *size = (size_t)count;
  return bytes;
}

void pkcs12_free(unsigned char *archive) { OPENSSL_free(archive); }
