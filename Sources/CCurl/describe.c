#if __has_include(<curl/curl.h>)

#include "ccurl.h"

#include <string.h>

#include "lazy_curl.h"

int ccurl_describe(ccurl_library *library, char *reason) {
  memset(library, 0, sizeof *library);
  if (!lazy_curl_load()) {
    strncpy(reason, lazy_curl_failure() ? lazy_curl_failure() : "is it installed?", 255);
    return 0;
  }
  // An older library fills in less than these headers know, and says so by its age.
  const curl_version_info_data *info = lazy_curl.curl_version_info(CURLVERSION_NOW);
  library->version = info->version;
  library->tls = info->ssl_version;
#if LIBCURL_VERSION_NUM >= 0x074600
  if (info->age >= CURLVERSION_SEVENTH) {
    library->ca_file = info->cainfo;
    library->ca_path = info->capath;
  }
#endif
#ifdef __linux__
  if (&lazy_curl_linked) {
    library->is_linked = 1;
    library->ca_file = lazy_curl_linked.certificates();
  }
#endif
  return 1;
}

#endif
