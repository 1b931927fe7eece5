// What libcurl is linked with into a static program, so that its names stay its own: the table of its functions is all that others
// see. See lazy_curl.h in Sources/CCurl, which uses the table where there is one.

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define LAZY_CURL_ITSELF
#include "lazy_curl.h"

// Where distributions keep the certificates that they trust. A libcurl of theirs knows the one place from when it was built.
static const char *const bundles[] = {
  "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine, Gentoo
  "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, Red Hat, Amazon
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // the same, where the link is missing
  "/etc/ssl/ca-bundle.pem",                             // openSUSE
  "/etc/ssl/cert.pem",                                  // Alpine without its package of certificates
  "/var/lib/ca-certificates/ca-bundle.pem",             // openSUSE without its links
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *found;

static void find(void) {
  for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++) {
    if (access(bundles[i], R_OK) == 0) {
      found = bundles[i];
      return;
    }
  }
}

static const char *certificates(void) {
  pthread_once(&once, find);
  return found;
}

static CURL *prepared(CURL *handle) {
  if (!handle || !certificates()) return handle;
  curl_easy_setopt(handle, CURLOPT_CAINFO, certificates());
  curl_easy_setopt(handle, CURLOPT_PROXY_CAINFO, certificates());
  return handle;
}

static CURL *init(void) { return prepared(curl_easy_init()); }

static void reset(CURL *handle) {
  curl_easy_reset(handle);
  prepared(handle);
}

#define EACH(name) .name = name,

__attribute__((visibility("default"))) const struct linked_curl lazy_curl_linked = {
  // The last two stand for those of the list.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winitializer-overrides"
  .functions = {LAZY_CURL_FUNCTIONS(EACH).curl_easy_init = init, .curl_easy_reset = reset},
#pragma GCC diagnostic pop
  .certificates = certificates,
};
