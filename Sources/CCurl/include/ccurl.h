#ifndef CCURL_H
#define CCURL_H

#include <stddef.h>

/// A request, and how it is to be sent. What is NULL is not there; nothing is kept after the call.
typedef struct {
  const char *method;
  const char *url;
  /// Complete lines as in `Name: value`.
  const char *const *header_lines;
  size_t header_count;
  /// NULL for a request without a body.
  const void *body;
  size_t body_bytes;
  /// Milliseconds to wait for a connection.
  long connect_timeout;
  /// Seconds of silence after which the connection counts as lost.
  long read_timeout;
  /// The proxy's URL; without one, none is used, whatever the environment says.
  const char *proxy;
  /// A file with certificates that are trusted, in the place of the system's.
  const char *ca_file;
  /// A folder with such files, as `c_rehash` arranges them.
  const char *ca_path;
  /// `host:port:address,…`: the only addresses that the host's name stands for.
  const char *resolve;
  /// `host:port:address:port`: where the connection goes instead, also through a proxy.
  const char *connect_to;
} ccurl_request;

/// Takes an answer as it comes.
typedef struct {
  /// Handed to the functions below.
  void *context;
  /// Takes bytes of the body, and returns how many: fewer end the request.
  size_t (*on_body)(void *context, const char *bytes, size_t count);
  /// Takes a header line, CR LF included. A status line comes before the headers of each response.
  void (*on_header)(void *context, const char *bytes, size_t count);
  /// Asked now and then; anything but 0 ends the request.
  int (*is_cancelled)(void *context);
} ccurl_receiver;

/// How a request ended.
typedef struct {
  /// 0, or libcurl's code of what went wrong.
  int error;
  char error_text[256];
  long status;
} ccurl_result;

/// Connections that are kept open between requests, and cookies. Safe to use from several threads.
typedef struct ccurl_session ccurl_session;

ccurl_session *ccurl_session_new(void);
/// Closes the connections. No request may be going on.
void ccurl_session_free(ccurl_session *session);

/// Sends one request and waits for the end of its answer; redirects are not followed.
void ccurl_send(
  ccurl_session *session, const ccurl_request *request, const ccurl_receiver *receiver, ccurl_result *result);

#endif
