#include "ccurl.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define IDLE_LIMIT 64

struct ccurl_session {
  pthread_mutex_t lock;
  // What all handles share: cookies.
  CURLSH *share;
  pthread_mutex_t share_locks[CURL_LOCK_DATA_LAST];
  CURL *idle[IDLE_LIMIT];
  size_t idle_count;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

static void lock_share(CURL *handle, curl_lock_data data, curl_lock_access access, void *context) {
  (void)handle, (void)access;
  pthread_mutex_lock(&((ccurl_session *)context)->share_locks[data]);
}

static void unlock_share(CURL *handle, curl_lock_data data, void *context) {
  (void)handle;
  pthread_mutex_unlock(&((ccurl_session *)context)->share_locks[data]);
}

ccurl_session *ccurl_session_new(void) {
  pthread_once(&once, start);
  ccurl_session *session = calloc(1, sizeof *session);
  if (!session) return NULL;
  pthread_mutex_init(&session->lock, NULL);
  for (int i = 0; i < CURL_LOCK_DATA_LAST; i++) pthread_mutex_init(&session->share_locks[i], NULL);
  session->share = curl_share_init();
  if (session->share) {
    curl_share_setopt(session->share, CURLSHOPT_USERDATA, session);
    curl_share_setopt(session->share, CURLSHOPT_LOCKFUNC, lock_share);
    curl_share_setopt(session->share, CURLSHOPT_UNLOCKFUNC, unlock_share);
    curl_share_setopt(session->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
  }
  return session;
}

void ccurl_session_free(ccurl_session *session) {
  if (!session) return;
  for (size_t i = 0; i < session->idle_count; i++) curl_easy_cleanup(session->idle[i]);
  if (session->share) curl_share_cleanup(session->share);
  for (int i = 0; i < CURL_LOCK_DATA_LAST; i++) pthread_mutex_destroy(&session->share_locks[i]);
  pthread_mutex_destroy(&session->lock);
  free(session);
}

// A handle keeps its connections, so the one that was used last is taken first.
static CURL *borrow(ccurl_session *session) {
  pthread_mutex_lock(&session->lock);
  CURL *handle = session->idle_count ? session->idle[--session->idle_count] : NULL;
  pthread_mutex_unlock(&session->lock);
  return handle ? handle : curl_easy_init();
}

static void give_back(ccurl_session *session, CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_SHARE, NULL);
  curl_easy_reset(handle);
  pthread_mutex_lock(&session->lock);
  int kept = session->idle_count < IDLE_LIMIT;
  if (kept) session->idle[session->idle_count++] = handle;
  pthread_mutex_unlock(&session->lock);
  if (!kept) curl_easy_cleanup(handle);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  const ccurl_request *request = context;
  return request->on_body(request->context, bytes, size * count);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
  const ccurl_request *request = context;
  request->on_header(request->context, bytes, size * count);
  return size * count;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  (void)a, (void)b, (void)c, (void)d;
  const ccurl_request *request = context;
  return request->is_cancelled(request->context);
}

static int sends_length(const char *method) {
  return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static void set_method(CURL *handle, const ccurl_request *request) {
  if (request->body || sends_length(request->method)) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_bytes);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->body ? request->body : "");
  } else if (strcmp(request->method, "HEAD") == 0) {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
}

// Cookies come along, unless the request brings its own.
static void set_cookies(CURL *handle, const ccurl_session *session, const ccurl_request *request) {
  for (size_t i = 0; i < request->header_count; i++) {
    if (strncasecmp(request->header_lines[i], "cookie:", 7) == 0) return;
  }
  curl_easy_setopt(handle, CURLOPT_SHARE, session->share);
  curl_easy_setopt(handle, CURLOPT_COOKIEFILE, "");
}

static void set_route(CURL *handle, const ccurl_request *request, struct curl_slist *resolve, struct curl_slist *connect_to) {
  // An empty text keeps libcurl from looking into the environment, where its rules are not ours.
  curl_easy_setopt(handle, CURLOPT_PROXY, request->proxy ? request->proxy : "");
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "");
  if (request->ca_file || request->ca_path) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, request->ca_file);
    curl_easy_setopt(handle, CURLOPT_CAPATH, request->ca_path);
    curl_easy_setopt(handle, CURLOPT_PROXY_CAINFO, request->ca_file);
    curl_easy_setopt(handle, CURLOPT_PROXY_CAPATH, request->ca_path);
  }
  if (resolve) curl_easy_setopt(handle, CURLOPT_RESOLVE, resolve);
  if (connect_to) curl_easy_setopt(handle, CURLOPT_CONNECT_TO, connect_to);
  curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
}

void ccurl_send(ccurl_session *session, const ccurl_request *request, ccurl_result *result) {
  memset(result, 0, sizeof *result);
  CURL *handle = session ? borrow(session) : NULL;
  if (!handle) {
    result->error = CURLE_FAILED_INIT;
    strncpy(result->error_text, curl_easy_strerror(CURLE_FAILED_INIT), sizeof result->error_text - 1);
    return;
  }
  char reason[CURL_ERROR_SIZE] = {0};
  struct curl_slist *lines = NULL;
  for (size_t i = 0; i < request->header_count; i++) lines = curl_slist_append(lines, request->header_lines[i]);
  struct curl_slist *resolve = request->resolve ? curl_slist_append(NULL, request->resolve) : NULL;
  struct curl_slist *connect_to = request->connect_to ? curl_slist_append(NULL, request->connect_to) : NULL;
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(handle, CURLOPT_URL, request->url);
  set_method(handle, request);
  set_cookies(handle, session, request);
  set_route(handle, request, resolve, connect_to);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, lines);
  curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, request->connect_timeout);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, request->read_timeout);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, request);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, request);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, request);
  CURLcode code = curl_easy_perform(handle);
  result->error = (int)code;
  if (code != CURLE_OK) {
    strncpy(result->error_text, reason[0] ? reason : curl_easy_strerror(code), sizeof result->error_text - 1);
  }
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &result->status);
  give_back(session, handle);
  curl_slist_free_all(lines);
  curl_slist_free_all(resolve);
  curl_slist_free_all(connect_to);
}
