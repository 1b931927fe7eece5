#if __has_include(<curl/curl.h>)

#include "options.h"

#include <string.h>

static int sends_length(const char *method) {
  return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static void set_method(CURL *handle, const ccurl_request *request) {
  if (request->body || sends_length(request->method)) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_bytes);
    curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, request->body ? request->body : "");
  } else if (strcmp(request->method, "HEAD") == 0) {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_route(CURL *handle, const ccurl_request *request, ccurl_lists *lists) {
  // An empty text keeps libcurl from looking into the environment, where its rules are not ours.
  curl_easy_setopt(handle, CURLOPT_PROXY, request->proxy ? request->proxy : "");
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "");
  if (request->ca_file || request->ca_path) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, request->ca_file);
    curl_easy_setopt(handle, CURLOPT_CAPATH, request->ca_path);
    curl_easy_setopt(handle, CURLOPT_PROXY_CAINFO, request->ca_file);
    curl_easy_setopt(handle, CURLOPT_PROXY_CAPATH, request->ca_path);
  }
  if (request->client_certificate) {
    curl_easy_setopt(handle, CURLOPT_SSLCERT, request->client_certificate);
    curl_easy_setopt(handle, CURLOPT_SSLKEY, request->client_key);
    // A key that is encrypted is an error; without this, OpenSSL asks for its password on the terminal.
    curl_easy_setopt(handle, CURLOPT_KEYPASSWD, "");
  }
  if (request->resolve) lists->resolve = curl_slist_append(NULL, request->resolve);
  if (request->connect_to) lists->connect_to = curl_slist_append(NULL, request->connect_to);
  if (lists->resolve) curl_easy_setopt(handle, CURLOPT_RESOLVE, lists->resolve);
  if (lists->connect_to) curl_easy_setopt(handle, CURLOPT_CONNECT_TO, lists->connect_to);
  curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
}

void ccurl_set_options(CURL *handle, const ccurl_request *request, ccurl_lists *lists) {
  memset(lists, 0, sizeof *lists);
  for (size_t i = 0; i < request->header_count; i++) lists->lines = curl_slist_append(lists->lines, request->header_lines[i]);
  curl_easy_setopt(handle, CURLOPT_URL, request->url);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, lists->lines);
  set_method(handle, request);
  set_route(handle, request, lists);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  // HTTP/2 would write the names of headers in its own way, which templates can see.
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, request->connect_timeout);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, request->read_timeout);
}

void ccurl_free_lists(ccurl_lists *lists) {
  curl_slist_free_all(lists->lines);
  curl_slist_free_all(lists->resolve);
  curl_slist_free_all(lists->connect_to);
  memset(lists, 0, sizeof *lists);
}

#endif
