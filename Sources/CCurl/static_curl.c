// The functions of libcurl that Foundation calls, for programs that contain Foundation (`-static-stdlib`): these load libcurl with
// the first request, where a reference to the library itself would load it at each start. They are hidden, so that a Foundation
// that is loaded calls the library.
#if defined(__linux__) && defined(__LP64__) && __has_include(<curl/curl.h>)

#include <stdarg.h>

#define LAZY_CURL_ITSELF
#pragma GCC visibility push(hidden)
#include "lazy_curl.h"

// The arguments behind the option all have the size of a pointer.
#define ARGUMENT(last)                   \
  va_list list;                          \
  va_start(list, last);                  \
  void *argument = va_arg(list, void *); \
  va_end(list)

CURLcode curl_global_init(long flags) {
  (void)flags;
  return lazy_curl_load() ? CURLE_OK : CURLE_FAILED_INIT;
}

CURL *curl_easy_init(void) { return lazy_curl_load() ? lazy_curl.curl_easy_init() : NULL; }

CURLcode curl_easy_setopt(CURL *handle, CURLoption option, ...) {
  ARGUMENT(option);
  return lazy_curl.curl_easy_setopt(handle, option, argument);
}

CURLcode curl_easy_getinfo(CURL *handle, CURLINFO info, ...) {
  ARGUMENT(info);
  return lazy_curl.curl_easy_getinfo(handle, info, argument);
}

CURLcode curl_easy_pause(CURL *handle, int mask) { return lazy_curl.curl_easy_pause(handle, mask); }

void curl_easy_cleanup(CURL *handle) {
  if (handle) lazy_curl.curl_easy_cleanup(handle);
}

const char *curl_easy_strerror(CURLcode code) { return lazy_curl_load() ? lazy_curl.curl_easy_strerror(code) : "no libcurl"; }

CURLM *curl_multi_init(void) { return lazy_curl_load() ? lazy_curl.curl_multi_init() : NULL; }

CURLMcode curl_multi_setopt(CURLM *multi, CURLMoption option, ...) {
  ARGUMENT(option);
  return lazy_curl.curl_multi_setopt(multi, option, argument);
}

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *handle) { return lazy_curl.curl_multi_add_handle(multi, handle); }

CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *handle) { return lazy_curl.curl_multi_remove_handle(multi, handle); }

CURLMcode curl_multi_assign(CURLM *multi, curl_socket_t socket, void *data) {
  return lazy_curl.curl_multi_assign(multi, socket, data);
}

CURLMcode curl_multi_socket_action(CURLM *multi, curl_socket_t socket, int events, int *running) {
  return lazy_curl.curl_multi_socket_action(multi, socket, events, running);
}

CURLMsg *curl_multi_info_read(CURLM *multi, int *left) { return lazy_curl.curl_multi_info_read(multi, left); }

CURLMcode curl_multi_cleanup(CURLM *multi) { return lazy_curl.curl_multi_cleanup(multi); }

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text) {
  return lazy_curl_load() ? lazy_curl.curl_slist_append(list, text) : NULL;
}

void curl_slist_free_all(struct curl_slist *list) {
  if (list) lazy_curl.curl_slist_free_all(list);
}

void curl_free(void *pointer) {
  if (pointer) lazy_curl.curl_free(pointer);
}

CURLU *curl_url(void) { return lazy_curl_load() ? lazy_curl.curl_url() : NULL; }

// By another name in C, since versions of libcurl differ in whether the URL is constant.
CURLUcode static_curl_url_get(CURLU *url, CURLUPart part, char **text, unsigned int flags) __asm__("curl_url_get");

CURLUcode static_curl_url_get(CURLU *url, CURLUPart part, char **text, unsigned int flags) {
  return lazy_curl.curl_url_get(url, part, text, flags);
}

CURLUcode curl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned int flags) {
  return lazy_curl.curl_url_set(url, part, text, flags);
}

void curl_url_cleanup(CURLU *url) {
  if (url) lazy_curl.curl_url_cleanup(url);
}

char *curl_version(void) { return lazy_curl_load() ? lazy_curl.curl_version() : "none"; }

curl_version_info_data *curl_version_info(CURLversion version) {
  return lazy_curl_load() ? lazy_curl.curl_version_info(version) : NULL;
}

#pragma GCC visibility pop

#endif
