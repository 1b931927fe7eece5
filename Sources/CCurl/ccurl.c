#include "ccurl.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options.h"

#define IDLE_LIMIT 64

struct ccurl_session {
  pthread_mutex_t lock;
  // What all handles share: cookies.
  CURLSH *share;
  pthread_mutex_t share_locks[CURL_LOCK_DATA_LAST];
  CURL *idle[IDLE_LIMIT];
  size_t idle_count;
};

static void lock_share(CURL *handle, curl_lock_data data, curl_lock_access access, void *context) {
  (void)handle, (void)access;
  pthread_mutex_lock(&((ccurl_session *)context)->share_locks[data]);
}

static void unlock_share(CURL *handle, curl_lock_data data, void *context) {
  (void)handle;
  pthread_mutex_unlock(&((ccurl_session *)context)->share_locks[data]);
}

ccurl_session *ccurl_session_new(void) {
  ccurl_session *session = calloc(1, sizeof *session);
  if (!session) return NULL;
  pthread_mutex_init(&session->lock, NULL);
  for (int i = 0; i < CURL_LOCK_DATA_LAST; i++) pthread_mutex_init(&session->share_locks[i], NULL);
  return session;
}

// With the session's lock held.
static void share_cookies(ccurl_session *session) {
  session->share = curl_share_init();
  if (!session->share) return;
  curl_share_setopt(session->share, CURLSHOPT_USERDATA, session);
  curl_share_setopt(session->share, CURLSHOPT_LOCKFUNC, lock_share);
  curl_share_setopt(session->share, CURLSHOPT_UNLOCKFUNC, unlock_share);
  curl_share_setopt(session->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
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
  if (!lazy_curl_load()) return NULL;
  pthread_mutex_lock(&session->lock);
  if (!session->share) share_cookies(session);
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
  const ccurl_receiver *receiver = context;
  return receiver->on_body(receiver->context, bytes, size * count);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
  const ccurl_receiver *receiver = context;
  receiver->on_header(receiver->context, bytes, size * count);
  return size * count;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  (void)a, (void)b, (void)c, (void)d;
  const ccurl_receiver *receiver = context;
  return receiver->is_cancelled(receiver->context);
}

// Cookies come along, unless the request brings its own.
static void set_cookies(CURL *handle, const ccurl_session *session, const ccurl_request *request) {
  for (size_t i = 0; i < request->header_count; i++) {
    if (strncasecmp(request->header_lines[i], "cookie:", 7) == 0) return;
  }
  curl_easy_setopt(handle, CURLOPT_SHARE, session->share);
  curl_easy_setopt(handle, CURLOPT_COOKIEFILE, "");
}

void ccurl_send(
  ccurl_session *session, const ccurl_request *request, const ccurl_receiver *receiver, ccurl_result *result) {
  memset(result, 0, sizeof *result);
  CURL *handle = session ? borrow(session) : NULL;
  if (!handle) {
    result->error = CURLE_FAILED_INIT;
    strncpy(result->error_text, "libcurl cannot be started; is it installed?", sizeof result->error_text - 1);
    return;
  }
  char reason[CURL_ERROR_SIZE] = {0};
  ccurl_lists lists;
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
  ccurl_set_options(handle, request, &lists);
  set_cookies(handle, session, request);
  curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, 128L * 1024);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, receiver);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, receiver);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, receiver);
  CURLcode code = curl_easy_perform(handle);
  result->error = (int)code;
  if (code != CURLE_OK) {
    strncpy(result->error_text, reason[0] ? reason : curl_easy_strerror(code), sizeof result->error_text - 1);
  }
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &result->status);
  give_back(session, handle);
  ccurl_free_lists(&lists);
}
