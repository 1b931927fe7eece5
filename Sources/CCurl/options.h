#ifndef CCURL_OPTIONS_H
#define CCURL_OPTIONS_H

#include "ccurl.h"
#include "lazy_curl.h"

// What libcurl does not copy of a request's options.
typedef struct {
  struct curl_slist *lines;
  struct curl_slist *resolve;
  struct curl_slist *connect_to;
} ccurl_lists;

// Sets everything that a request says. The lists have to last as long as the request.
void ccurl_set_options(CURL *handle, const ccurl_request *request, ccurl_lists *lists);

void ccurl_free_lists(ccurl_lists *lists);

#endif
