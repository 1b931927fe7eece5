import AirbyteProtocol
import ConnectorModel

/// What is done about an attempt that no filter of the manifest matches.
enum DefaultErrorMapping {
  /// The verdict on a status code; nil if there is none for it.
  static func resolution(status: Int) -> ErrorResolution? {
    switch status {
    case 400: ErrorResolution(.fail, .system, text(400, "Bad request: the API rejected the request's parameters"))
    case 401:
      ErrorResolution(
        .fail, .config, text(401, "Unauthorized: the API did not accept the credentials. Check the config's credentials"))
    case 403:
      ErrorResolution(.fail, .config, text(403, "Forbidden: the credentials are valid but lack a permission for this resource"))
    case 404: ErrorResolution(.fail, .system, text(404, "Not found: the API has no such resource"))
    case 405: ErrorResolution(.fail, .system, text(405, "Method not allowed: the API does not accept this HTTP method"))
    case 408: ErrorResolution(.retry, .transient, text(408, "The API gave up waiting for the request"))
    case 429: ErrorResolution(.rateLimited, .transient, text(429, "Too many requests"))
    case 500: ErrorResolution(.retry, .transient, text(500, "The API had an internal error"))
    case 502: ErrorResolution(.retry, .transient, text(502, "The API's gateway got a bad answer"))
    case 503: ErrorResolution(.retry, .transient, text(503, "The API is not available"))
    case 504: ErrorResolution(.retry, .transient, text(504, "The API's gateway got no answer in time"))
    default: nil
    }
  }

  /// The verdict on any attempt: unknown statuses and lost connections are tried again.
  static func resolution(for attempt: Attempt) -> ErrorResolution {
    switch attempt {
    case .response(let response):
      return resolution(status: response.status)
        ?? ErrorResolution(.retry, .system, "The API answered with HTTP status \(response.status), which is not expected")
    case .failure(let error):
      switch error.kind {
      case .invalidRedirect, .truncated, .brokenOff: return ErrorResolution(.retry, .transient, error.message)
      case .invalidURL, .unsupportedScheme, .forbiddenAddress, .invalidSetting, .unsupported:
        return ErrorResolution(.fail, .config, error.message)
      case .tooLarge, .systemLimit: return ErrorResolution(.fail, .system, error.message)
      default: return ErrorResolution(.retry, .system, error.message)
      }
    }
  }

  private static func text(_ status: Int, _ sentence: String) -> String { "HTTP status \(status). \(sentence)" }
}
