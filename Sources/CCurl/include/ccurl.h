#ifndef CCURL_H
#define CCURL_H

#include <stddef.h>
#include <stdint.h>

/// A request, and how to send it. NULL means that something is missing; nothing is kept after the call.
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
  /// A file with certificates that are trusted, instead of the system's.
  const char *ca_file;
  /// A folder with such files, as `c_rehash` arranges them.
  const char *ca_path;
  /// Files in PEM with the certificate that the client shows where a server asks for one, and with its key.
  const char *client_certificate;
  const char *client_key;
  /// `host:port:address,…`: the only addresses that the host's name stands for.
  const char *resolve;
  /// `host:port:address:port`: where the connection goes instead, also through a proxy.
  const char *connect_to;
} ccurl_request;

/// What a receiver asks for next.
enum { CCURL_MORE, CCURL_PAUSE, CCURL_STOP };

/// Returned by `on_body`: the same bytes must come again when the transfer continues.
static const size_t CCURL_LATER = PTRDIFF_MAX;

/// Takes a response as it comes.
typedef struct {
  /// Handed to the functions below.
  void *context;
  /// Takes a header line, CR LF included; 0 ends the transfer. A status line comes before the headers of each response.
  int (*on_header)(void *context, const char *bytes, size_t count);
  /// Takes bytes of the body, and returns how many: fewer end the transfer.
  size_t (*on_body)(void *context, const char *bytes, size_t count);
  /// Called whenever there is nothing more, at least once a second.
  int (*next)(void *context);
} ccurl_receiver;

/// How far a transfer is.
typedef struct {
  /// Whether it is over; else the receiver asked for a pause.
  int is_over;
  /// 0, or libcurl's code of what went wrong.
  int error;
  char error_text[256];
} ccurl_result;

/// What the library that carries the transfers says of itself. The texts stay; NULL means that it says nothing.
typedef struct {
  const char *version;
  const char *tls;
  /// Whether it is part of the program.
  int is_linked;
  /// The file and the folder of the certificates that it trusts where a request names none.
  const char *ca_file;
  const char *ca_path;
} ccurl_library;

/// Loads libcurl, and says what it is. 0 if it cannot be loaded, of which `reason`, with room for 256 bytes, then says something.
int ccurl_describe(ccurl_library *library, char *reason);

/// Connections that are kept open between requests, and cookies. Safe to use from several threads.
typedef struct ccurl_session ccurl_session;

/// One request and its response. Used by one thread at a time, but for `ccurl_wake`.
typedef struct ccurl_transfer ccurl_transfer;

/// - `kept_connections`: how many open connections each transfer leaves to later ones; 0 for libcurl's choice.
ccurl_session *ccurl_session_new(long kept_connections);
/// Closes the connections. No transfer may be continuing.
void ccurl_session_free(ccurl_session *session);

/// Prepares a transfer; redirects are not followed, and content encodings are left alone. NULL if libcurl cannot be started, of
/// which `reason`, with room for 256 bytes, then says something.
ccurl_transfer *ccurl_begin(
  ccurl_session *session, const ccurl_request *request, const ccurl_receiver *receiver, char *reason);

/// Continues until the receiver asks for a pause, or the transfer is over.
void ccurl_run(ccurl_transfer *transfer, ccurl_result *result);

/// Asks the receiver at once what it needs next, from any thread.
void ccurl_wake(ccurl_transfer *transfer);

/// Gives the transfer back. Its connection is kept open if the response was received completely.
void ccurl_end(ccurl_transfer *transfer);

#endif
