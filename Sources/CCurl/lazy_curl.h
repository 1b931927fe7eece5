// libcurl, loaded with the first request: it brings some thirty libraries along, which cost each start 8 ms and 6 MB, also where
// no request is made. Include this instead of curl/curl.h.
#ifndef LAZY_CURL_H
#define LAZY_CURL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#define LAZY_CURL_FUNCTIONS(each)                                                                                              \
  each(curl_easy_cleanup) each(curl_easy_getinfo) each(curl_easy_init) each(curl_easy_pause) each(curl_easy_reset)             \
  each(curl_easy_setopt) each(curl_easy_strerror) each(curl_free) each(curl_global_init) each(curl_multi_add_handle)           \
  each(curl_multi_assign) each(curl_multi_cleanup) each(curl_multi_info_read) each(curl_multi_init) each(curl_multi_perform)   \
  each(curl_multi_poll) each(curl_multi_remove_handle) each(curl_multi_setopt) each(curl_multi_socket_action)                  \
  each(curl_multi_strerror) each(curl_multi_wakeup) each(curl_share_cleanup) each(curl_share_init) each(curl_share_setopt)     \
  each(curl_slist_append) each(curl_slist_free_all) each(curl_url) each(curl_url_cleanup) each(curl_url_get)                   \
  each(curl_url_set) each(curl_version) each(curl_version_info)

#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt
#undef curl_share_setopt

struct lazy_curl {
#define LAZY_CURL_MEMBER(name) __typeof__(name) *name;
  LAZY_CURL_FUNCTIONS(LAZY_CURL_MEMBER)
#undef LAZY_CURL_MEMBER
};

// Only to be used after lazy_curl_load has returned 1.
extern struct lazy_curl lazy_curl;

// What a libcurl offers that is part of the program, which Distribution/libcurl makes.
struct linked_curl {
  struct lazy_curl functions;
  // The file of the certificates that this system trusts; NULL if it has none.
  const char *(*certificates)(void);
};

// Its table; not there in programs that load libcurl.
#ifdef __linux__
extern const struct linked_curl lazy_curl_linked __attribute__((weak));
#endif

// Loads libcurl and starts it, once. Returns 0 if that fails; safe to call from any thread.
int lazy_curl_load(void);

// Why it failed: the sentence of the dynamic linker; NULL if that has none.
const char *lazy_curl_failure(void);

#ifndef LAZY_CURL_ITSELF
#define curl_easy_cleanup lazy_curl.curl_easy_cleanup
#define curl_easy_getinfo lazy_curl.curl_easy_getinfo
#define curl_easy_init lazy_curl.curl_easy_init
#define curl_easy_pause lazy_curl.curl_easy_pause
#define curl_easy_reset lazy_curl.curl_easy_reset
#define curl_easy_setopt lazy_curl.curl_easy_setopt
#define curl_easy_strerror lazy_curl.curl_easy_strerror
#define curl_multi_add_handle lazy_curl.curl_multi_add_handle
#define curl_multi_cleanup lazy_curl.curl_multi_cleanup
#define curl_multi_info_read lazy_curl.curl_multi_info_read
#define curl_multi_init lazy_curl.curl_multi_init
#define curl_multi_perform lazy_curl.curl_multi_perform
#define curl_multi_poll lazy_curl.curl_multi_poll
#define curl_multi_remove_handle lazy_curl.curl_multi_remove_handle
#define curl_multi_setopt lazy_curl.curl_multi_setopt
#define curl_multi_strerror lazy_curl.curl_multi_strerror
#define curl_multi_wakeup lazy_curl.curl_multi_wakeup
#define curl_share_cleanup lazy_curl.curl_share_cleanup
#define curl_share_init lazy_curl.curl_share_init
#define curl_share_setopt lazy_curl.curl_share_setopt
#define curl_slist_append lazy_curl.curl_slist_append
#define curl_slist_free_all lazy_curl.curl_slist_free_all
#endif

#endif
