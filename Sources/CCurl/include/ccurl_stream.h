#ifndef CCURL_STREAM_H
#define CCURL_STREAM_H

#include "ccurl.h"

/// A connection whose responses are read piece by piece: nothing is received beyond what was asked for.
///
/// It must not be used by two threads at a time, but for `ccurl_stream_cancel`.
typedef struct ccurl_stream ccurl_stream;

/// Null where there is no memory.
ccurl_stream *ccurl_stream_create(void);
void ccurl_stream_free(ccurl_stream *stream);

/// Sends a request and waits for the head of its answer: 0, or libcurl's code of what went wrong.
///
/// What is left of an earlier response is given up. Content encodings are left alone, and redirects are not followed.
int ccurl_stream_open(ccurl_stream *stream, const ccurl_request *request);

/// The next bytes of the body, valid until the next call: 0, or libcurl's code. `count` is 0 at the end of the body.
int ccurl_stream_read(ccurl_stream *stream, const void **bytes, size_t *count);

/// Ends the call that is waiting, from another thread, and every later one: the stream is of no use any more.
void ccurl_stream_cancel(ccurl_stream *stream);

long ccurl_stream_status(const ccurl_stream *stream);
/// The header lines of the last response, each ended by CR LF; null where there are none.
const char *ccurl_stream_headers(const ccurl_stream *stream, size_t *count);
/// libcurl's sentence for a code.
const char *ccurl_stream_error(int code);

#endif
