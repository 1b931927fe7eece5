#if __has_include(<curl/curl.h>)

#define LAZY_CURL_ITSELF
#include "lazy_curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#ifdef __APPLE__
#define LIBRARY "libcurl.4.dylib"
#else
#define LIBRARY "libcurl.so.4"
#endif

struct lazy_curl lazy_curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_loaded;
static char failure[256];

static void load(void) {
#ifdef __linux__
  if (&lazy_curl_linked) {
    lazy_curl = lazy_curl_linked.functions;
    is_loaded = lazy_curl.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return;
  }
#endif
  void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    if (reason) strncpy(failure, reason, sizeof failure - 1);
    return;
  }
#define LAZY_CURL_FIND(name) \
  if (!(lazy_curl.name = (__typeof__(name) *)dlsym(library, #name))) return;
  LAZY_CURL_FUNCTIONS(LAZY_CURL_FIND)
  is_loaded = lazy_curl.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

int lazy_curl_load(void) {
  pthread_once(&once, load);
  return is_loaded;
}

const char *lazy_curl_failure(void) { return failure[0] ? failure : NULL; }

#endif
