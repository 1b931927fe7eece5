#include "cverifying.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

// The DER of an elliptic signature, which libcrypto verifies.
static unsigned char *der_of_numbers(const unsigned char *numbers, size_t count, int *der_count) {
  ECDSA_SIG *signature = ECDSA_SIG_new();
  int width = (int)count / 2;
  ECDSA_SIG_set0(signature, BN_bin2bn(numbers, width, NULL), BN_bin2bn(numbers + width, width, NULL));
  unsigned char *der = NULL;
  *der_count = i2d_ECDSA_SIG(signature, &der);
  ECDSA_SIG_free(signature);
  return der;
}

int cverifying_is_valid(
  const char *pem, const char *hash, int pads_by_pss, const void *message, size_t count, const unsigned char *signature,
  size_t signature_count) {
  BIO *text = BIO_new_mem_buf(pem, -1);
  EVP_PKEY *key = PEM_read_bio_PrivateKey(text, NULL, NULL, "");
  BIO_free(text);
  if (!key) return 0;
  unsigned char *der = NULL;
  if (strcmp(EVP_PKEY_get0_type_name(key), "EC") == 0) {
    int der_count = 0;
    der = der_of_numbers(signature, signature_count, &der_count);
    signature = der;
    signature_count = (size_t)der_count;
  }
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_PKEY_CTX *options = NULL;
  int is_valid = EVP_DigestVerifyInit_ex(context, &options, hash, NULL, NULL, key, NULL) == 1;
  if (is_valid && pads_by_pss) {
    is_valid = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1
      && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  is_valid = is_valid && EVP_DigestVerify(context, signature, signature_count, message, count) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  OPENSSL_free(der);
  return is_valid;
}
