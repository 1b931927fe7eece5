// What stands here where the headers of libcurl were missing: a library without that transport.
#if !__has_include(<curl/curl.h>)

#include "ccurl.h"

#include <string.h>

int ccurl_describe(ccurl_library *library, char *reason) {
  memset(library, 0, sizeof *library);
  strncpy(reason, "this program was built without its headers", 255);
  return 0;
}

ccurl_session *ccurl_session_new(long kept_connections) {
  (void)kept_connections;
  return NULL;
}

void ccurl_session_free(ccurl_session *session) { (void)session; }

ccurl_transfer *ccurl_begin(
  ccurl_session *session, const ccurl_request *request, const ccurl_receiver *receiver, char *reason) {
  (void)session, (void)request, (void)receiver;
  strncpy(reason, "this program was built without its headers", 255);
  return NULL;
}

void ccurl_run(ccurl_transfer *transfer, ccurl_result *result) {
  (void)transfer;
  memset(result, 0, sizeof *result);
  result->is_over = 1;
}

void ccurl_wake(ccurl_transfer *transfer) { (void)transfer; }

void ccurl_end(ccurl_transfer *transfer) { (void)transfer; }

#endif
