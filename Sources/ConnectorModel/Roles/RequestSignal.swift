import AirbyteProtocol

/// What a response asks of the retriever instead of giving records.
package enum RequestSignal: Error {
  case resetPagination
  case reducePageSize(String?)
  case splitRequestWindow(String?, FailureType?)
}
