/// The places of a manifest that hold templates, by the variables that the reference gives them there.
///
/// Every place has `config` and `parameters` too. Fields that a slice carries along can add further names, so that a name outside of
/// the table is a hint and no error if slices are read.
package enum InterpolationPlace: String, Sendable, CaseIterable {
  /// Evaluated once, from the config only: authenticators, schemas, cursors, extractors.
  case config
  /// The path, parameters, headers and body of a stream's request.
  case request
  /// A request of an asynchronous job, after its creation.
  case jobRequest
  /// The condition of a record filter.
  case recordFilter
  /// The fields and conditions of transformations.
  case transformation
  /// The cursor value and stop condition of a cursor pagination.
  case cursorPagination
  /// The page size of an offset pagination.
  case offsetPagination
  /// The predicate and error message of a response filter.
  case responseFilter
  /// Waiting times between tries.
  case backoff
  /// The credentials of a session token.
  case sessionToken
  /// The components that a dynamic stream makes.
  case componentMapping

  private static let slice: Set<String> = ["stream_slice", "stream_interval", "stream_partition"]

  /// The names of the variables beside `config` and `parameters`.
  package var variables: Set<String> {
    switch self {
    case .config: []
    case .request: Self.slice.union(["next_page_token"])
    case .jobRequest: Self.slice.union(["next_page_token", "creation_response", "polling_response", "download_target"])
    case .recordFilter: Self.slice.union(["record", "next_page_token", "stream_state"])
    case .transformation: Self.slice.union(["record"])
    case .cursorPagination: Self.slice.union(["response", "headers", "last_record", "last_page_size", "page_size"])
    case .offsetPagination: ["response"]
    case .responseFilter: ["response", "headers", "request_url"]
    case .backoff: ["response", "headers"]
    case .sessionToken: ["session_token"]
    case .componentMapping: Self.slice.union(["components_values"])
    }
  }
}
