#if __has_include(<curl/curl.h>)

#include "ccurl.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options.h"

#define IDLE_LIMIT 64

struct ccurl_transfer {
  ccurl_session *session;
  // Only for this transfer: its connections stay open for the next one that uses it.
  CURLM *multi;
  CURL *easy;
  ccurl_lists lists;
  ccurl_receiver receiver;
  char reason[CURL_ERROR_SIZE];
  // Whether the cookies of the response go into a store of the transfer's own, since the request brings its own ones.
  int has_own_cookies;
  int is_paused;
  int is_over;
  CURLcode code;
};

struct ccurl_session {
  pthread_mutex_t lock;
  // What all transfers share: cookies.
  CURLSH *share;
  pthread_mutex_t share_locks[CURL_LOCK_DATA_LAST];
  ccurl_transfer *idle[IDLE_LIMIT];
  size_t idle_count;
  long kept_connections;
};

static void lock_share(CURL *handle, curl_lock_data data, curl_lock_access access, void *context) {
  (void)handle, (void)access;
  pthread_mutex_lock(&((ccurl_session *)context)->share_locks[data]);
}

static void unlock_share(CURL *handle, curl_lock_data data, void *context) {
  (void)handle;
  pthread_mutex_unlock(&((ccurl_session *)context)->share_locks[data]);
}

ccurl_session *ccurl_session_new(long kept_connections) {
  ccurl_session *session = calloc(1, sizeof *session);
  if (!session) return NULL;
  session->kept_connections = kept_connections;
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

static void destroy(ccurl_transfer *transfer) {
  if (transfer->easy) curl_easy_cleanup(transfer->easy);
  if (transfer->multi) curl_multi_cleanup(transfer->multi);
  free(transfer);
}

void ccurl_session_free(ccurl_session *session) {
  if (!session) return;
  for (size_t i = 0; i < session->idle_count; i++) destroy(session->idle[i]);
  if (session->share) curl_share_cleanup(session->share);
  for (int i = 0; i < CURL_LOCK_DATA_LAST; i++) pthread_mutex_destroy(&session->share_locks[i]);
  pthread_mutex_destroy(&session->lock);
  free(session);
}

static ccurl_transfer *create(ccurl_session *session) {
  ccurl_transfer *transfer = calloc(1, sizeof *transfer);
  if (!transfer) return NULL;
  transfer->session = session;
  transfer->multi = curl_multi_init();
  transfer->easy = curl_easy_init();
  if (!transfer->multi || !transfer->easy) {
    destroy(transfer);
    return NULL;
  }
  if (session->kept_connections > 0) curl_multi_setopt(transfer->multi, CURLMOPT_MAXCONNECTS, session->kept_connections);
  return transfer;
}

// Each keeps its connections, so the one that was used last is taken first.
static ccurl_transfer *borrow(ccurl_session *session) {
  pthread_mutex_lock(&session->lock);
  if (!session->share) share_cookies(session);
  ccurl_transfer *transfer = session->idle_count ? session->idle[--session->idle_count] : NULL;
  pthread_mutex_unlock(&session->lock);
  return transfer ? transfer : create(session);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  ccurl_transfer *transfer = context;
  size_t taken = transfer->receiver.on_body(transfer->receiver.context, bytes, size * count);
  if (taken != CCURL_LATER) return taken;
  transfer->is_paused = 1;
  return CURL_WRITEFUNC_PAUSE;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
  ccurl_transfer *transfer = context;
  return transfer->receiver.on_header(transfer->receiver.context, bytes, size * count) ? size * count : 0;
}

static int brings_cookies(const ccurl_request *request) {
  for (size_t i = 0; i < request->header_count; i++) {
    if (strncasecmp(request->header_lines[i], "cookie:", 7) == 0) return 1;
  }
  return 0;
}

ccurl_transfer *ccurl_begin(
  ccurl_session *session, const ccurl_request *request, const ccurl_receiver *receiver, char *reason) {
  if (!lazy_curl_load()) {
    strncpy(reason, lazy_curl_failure() ? lazy_curl_failure() : "is it installed?", 255);
    return NULL;
  }
  ccurl_transfer *transfer = session ? borrow(session) : NULL;
  if (!transfer) {
    strncpy(reason, "out of memory", 255);
    return NULL;
  }
  CURL *easy = transfer->easy;
  transfer->receiver = *receiver;
  transfer->reason[0] = 0;
  transfer->is_paused = transfer->is_over = 0;
  transfer->code = CURLE_OK;
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->reason);
  ccurl_set_options(easy, request, &transfer->lists);
  transfer->has_own_cookies = brings_cookies(request);
  if (!transfer->has_own_cookies) curl_easy_setopt(easy, CURLOPT_SHARE, session->share);
  curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  if (curl_multi_add_handle(transfer->multi, easy) != CURLM_OK) {
    transfer->is_over = 1;
    transfer->code = CURLE_FAILED_INIT;
  }
  return transfer;
}

static void finish(ccurl_transfer *transfer, CURLcode code) {
  transfer->is_over = 1;
  transfer->code = code;
}

// Lets libcurl work until the receiver asks for a pause, or the transfer is over.
static void work(ccurl_transfer *transfer) {
  if (transfer->is_paused && !transfer->is_over) {
    transfer->is_paused = 0;
    CURLcode resumed = curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
    if (resumed != CURLE_OK) finish(transfer, resumed);
  }
  while (!transfer->is_over) {
    int running = 0;
    CURLMcode result = curl_multi_perform(transfer->multi, &running);
    if (result != CURLM_OK) {
      strncpy(transfer->reason, curl_multi_strerror(result), sizeof transfer->reason - 1);
      finish(transfer, result == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_RECV_ERROR);
      return;
    }
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(transfer->multi, &left));) {
      if (message->msg == CURLMSG_DONE) finish(transfer, message->data.result);
    }
    if (transfer->is_over) return;
    int next = transfer->receiver.next(transfer->receiver.context);
    if (next == CCURL_STOP) finish(transfer, CURLE_ABORTED_BY_CALLBACK);
    if (next != CCURL_MORE) return;
    curl_multi_poll(transfer->multi, NULL, 0, 1000, NULL);
  }
}

void ccurl_run(ccurl_transfer *transfer, ccurl_result *result) {
  work(transfer);
  memset(result, 0, sizeof *result);
  result->is_over = transfer->is_over;
  result->error = (int)transfer->code;
  if (transfer->code == CURLE_OK) return;
  const char *reason = transfer->reason[0] ? transfer->reason : curl_easy_strerror(transfer->code);
  strncpy(result->error_text, reason, sizeof result->error_text - 1);
}

void ccurl_wake(ccurl_transfer *transfer) { curl_multi_wakeup(transfer->multi); }

// Moves the cookies of a response into the store that all share.
static void hand_over_cookies(ccurl_transfer *transfer) {
  struct curl_slist *cookies = NULL;
  curl_easy_getinfo(transfer->easy, CURLINFO_COOKIELIST, &cookies);
  CURL *keeper = cookies ? curl_easy_init() : NULL;
  if (keeper) {
    curl_easy_setopt(keeper, CURLOPT_SHARE, transfer->session->share);
    for (struct curl_slist *each = cookies; each; each = each->next) curl_easy_setopt(keeper, CURLOPT_COOKIELIST, each->data);
    curl_easy_setopt(keeper, CURLOPT_SHARE, NULL);
    curl_easy_cleanup(keeper);
  }
  curl_slist_free_all(cookies);
  curl_easy_setopt(transfer->easy, CURLOPT_COOKIELIST, "ALL");
}

void ccurl_end(ccurl_transfer *transfer) {
  ccurl_session *session = transfer->session;
  curl_multi_remove_handle(transfer->multi, transfer->easy);
  if (transfer->has_own_cookies) hand_over_cookies(transfer);
  curl_easy_setopt(transfer->easy, CURLOPT_SHARE, NULL);
  curl_easy_reset(transfer->easy);
  ccurl_free_lists(&transfer->lists);
  pthread_mutex_lock(&session->lock);
  int is_kept = session->idle_count < IDLE_LIMIT;
  if (is_kept) session->idle[session->idle_count++] = transfer;
  pthread_mutex_unlock(&session->lock);
  if (!is_kept) destroy(transfer);
}

#endif
