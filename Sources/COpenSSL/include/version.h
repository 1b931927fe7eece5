#ifndef VERSION_H
#define VERSION_H

/// The version of libcrypto, as in `3.0.22`.
const char *openssl_version_number(void);

#endif
