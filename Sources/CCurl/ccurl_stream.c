#include "ccurl_stream.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options.h"

// As much as is received ahead of the reader.
#define WINDOW (512 * 1024)

typedef struct {
  char *bytes;
  size_t count;
  size_t capacity;
} buffer;

struct ccurl_stream {
  CURLM *multi;
  CURL *easy;
  ccurl_lists lists;
  buffer headers;
  buffer body;
  long status;
  int is_head_complete;
  // Whether the body's bytes were not handed over yet.
  int is_unread;
  int is_paused;
  int is_done;
  CURLcode code;
  atomic_int is_cancelled;
};

static int append(buffer *target, const char *bytes, size_t count) {
  if (target->capacity - target->count < count + 1) {
    size_t wanted = (target->count + count + 1) * 2;
    char *grown = realloc(target->bytes, wanted);
    if (!grown) return 0;
    target->bytes = grown;
    target->capacity = wanted;
  }
  memcpy(target->bytes + target->count, bytes, count);
  target->count += count;
  target->bytes[target->count] = 0;
  return 1;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  ccurl_stream *stream = context;
  stream->is_head_complete = 1;
  if (stream->body.count >= WINDOW) {
    stream->is_paused = 1;
    return CURL_WRITEFUNC_PAUSE;
  }
  return append(&stream->body, bytes, size * count) ? size * count : 0;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
  ccurl_stream *stream = context;
  // An interim response (100, 103) is followed by another one.
  if (size * count >= 5 && strncasecmp(bytes, "HTTP/", 5) == 0) {
    stream->headers.count = 0;
    return size * count;
  }
  return append(&stream->headers, bytes, size * count) ? size * count : 0;
}

ccurl_stream *ccurl_stream_create(void) {
  if (!lazy_curl_load()) return NULL;
  ccurl_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  stream->multi = curl_multi_init();
  stream->easy = curl_easy_init();
  if (stream->multi && stream->easy) return stream;
  ccurl_stream_free(stream);
  return NULL;
}

void ccurl_stream_cancel(ccurl_stream *stream) {
  atomic_store(&stream->is_cancelled, 1);
  curl_multi_wakeup(stream->multi);
}

static void give_up(ccurl_stream *stream) {
  curl_multi_remove_handle(stream->multi, stream->easy);
  curl_easy_reset(stream->easy);
  ccurl_free_lists(&stream->lists);
}

void ccurl_stream_free(ccurl_stream *stream) {
  if (!stream) return;
  if (stream->multi && stream->easy) give_up(stream);
  if (stream->easy) curl_easy_cleanup(stream->easy);
  if (stream->multi) curl_multi_cleanup(stream->multi);
  free(stream->headers.bytes);
  free(stream->body.bytes);
  free(stream);
}

// Lets libcurl work until there is a part of the body, or its end.
static int run(ccurl_stream *stream) {
  while (!stream->is_done && stream->body.count == 0) {
    int running = 0;
    CURLMcode result = curl_multi_perform(stream->multi, &running);
    if (result != CURLM_OK) {
      stream->is_done = 1;
      stream->code = result == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_RECV_ERROR;
      break;
    }
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(stream->multi, &left));) {
      if (message->msg != CURLMSG_DONE) continue;
      stream->is_done = 1;
      stream->code = message->data.result;
    }
    if (stream->is_done || stream->body.count > 0) break;
    if (atomic_load(&stream->is_cancelled)) {
      stream->is_done = 1;
      stream->code = CURLE_ABORTED_BY_CALLBACK;
      break;
    }
    curl_multi_poll(stream->multi, NULL, 0, 1000, NULL);
  }
  return stream->body.count == 0 ? (int)stream->code : 0;
}

int ccurl_stream_open(ccurl_stream *stream, const ccurl_request *request) {
  give_up(stream);
  stream->headers.count = stream->body.count = 0;
  stream->status = 0;
  stream->is_head_complete = stream->is_unread = stream->is_paused = stream->is_done = 0;
  stream->code = CURLE_OK;
  CURL *easy = stream->easy;
  ccurl_set_options(easy, request, &stream->lists);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L * 1024);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, stream);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, stream);
  if (curl_multi_add_handle(stream->multi, easy) != CURLM_OK) return CURLE_FAILED_INIT;
  int code = run(stream);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &stream->status);
  stream->is_unread = stream->body.count > 0;
  // A body that breaks off after its head is told by the first read.
  return stream->is_head_complete || code == 0 ? 0 : code;
}

int ccurl_stream_read(ccurl_stream *stream, const void **bytes, size_t *count) {
  if (!stream->is_unread) {
    stream->body.count = 0;
    if (stream->is_paused) {
      stream->is_paused = 0;
      CURLcode resumed = curl_easy_pause(stream->easy, CURLPAUSE_CONT);
      if (resumed != CURLE_OK && !stream->is_done) return (int)resumed;
    }
    int code = run(stream);
    if (code != 0) return code;
  }
  stream->is_unread = 0;
  *bytes = stream->body.bytes;
  *count = stream->body.count;
  return 0;
}

long ccurl_stream_status(const ccurl_stream *stream) { return stream->status; }

const char *ccurl_stream_headers(const ccurl_stream *stream, size_t *count) {
  *count = stream->headers.count;
  return stream->headers.bytes;
}

const char *ccurl_stream_error(int code) { return curl_easy_strerror((CURLcode)code); }
