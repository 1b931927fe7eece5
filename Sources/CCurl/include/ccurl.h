#ifndef CCURL_H
#define CCURL_H

#include <stddef.h>

/// A request's answer, or why there is none. Free it with `ccurl_response_free`.
typedef struct {
  /// 0, or libcurl's code of what went wrong.
  int error;
  /// libcurl's sentence for it.
  const char *error_text;
  long status;
  /// The header lines of the last response, each ended by CR LF.
  char *headers;
  size_t header_bytes;
  char *body;
  size_t body_bytes;
  /// The URL that answered, after redirects.
  char *url;
} ccurl_response;

/// Sends one request with a body and waits for its answer. Safe to call from several threads.
///
/// `header_lines` are complete lines as in `Name: value`. Timeouts are in seconds; the second one is for silence.
void ccurl_send(
  const char *method, const char *url, const char *const *header_lines, size_t header_count, const void *body,
  size_t body_bytes, long connect_timeout, long read_timeout, ccurl_response *response);

void ccurl_response_free(ccurl_response *response);

#endif
