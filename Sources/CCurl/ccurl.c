#include "ccurl.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct {
  char *bytes;
  size_t count;
} buffer;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

static int append(buffer *target, const char *bytes, size_t count) {
  char *grown = realloc(target->bytes, target->count + count + 1);
  if (!grown) return 0;
  memcpy(grown + target->count, bytes, count);
  target->bytes = grown;
  target->count += count;
  grown[target->count] = 0;
  return 1;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *target) {
  return append(target, bytes, size * count) ? size * count : 0;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
  buffer *target = context;
  // A redirect's headers are followed by those of the next response.
  if (size * count >= 5 && strncasecmp(bytes, "HTTP/", 5) == 0) {
    target->count = 0;
    return size * count;
  }
  return append(target, bytes, size * count) ? size * count : 0;
}

void ccurl_send(
  const char *method, const char *url, const char *const *header_lines, size_t header_count, const void *body,
  size_t body_bytes, long connect_timeout, long read_timeout, ccurl_response *response) {
  memset(response, 0, sizeof *response);
  pthread_once(&once, start);
  CURL *handle = curl_easy_init();
  if (!handle) {
    response->error = CURLE_FAILED_INIT;
    response->error_text = curl_easy_strerror(CURLE_FAILED_INIT);
    return;
  }
  buffer headers = {0}, received = {0};
  struct curl_slist *lines = NULL;
  for (size_t i = 0; i < header_count; i++) lines = curl_slist_append(lines, header_lines[i]);
  curl_easy_setopt(handle, CURLOPT_URL, url);
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, lines);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body_bytes);
  curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, body);
  curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 30L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_timeout);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, read_timeout);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &received);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &headers);
  CURLcode code = curl_easy_perform(handle);
  response->error = (int)code;
  response->error_text = curl_easy_strerror(code);
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &response->status);
  char *effective = NULL;
  curl_easy_getinfo(handle, CURLINFO_EFFECTIVE_URL, &effective);
  response->url = effective ? strdup(effective) : NULL;
  response->headers = headers.bytes;
  response->header_bytes = headers.count;
  response->body = received.bytes;
  response->body_bytes = received.count;
  curl_slist_free_all(lines);
  curl_easy_cleanup(handle);
}

void ccurl_response_free(ccurl_response *response) {
  free(response->headers);
  free(response->body);
  free(response->url);
  memset(response, 0, sizeof *response);
}
