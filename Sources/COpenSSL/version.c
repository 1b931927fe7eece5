#include "version.h"

#include <openssl/crypto.h>

const char *openssl_version_number(void) { return OpenSSL_version(OPENSSL_VERSION_STRING); }
