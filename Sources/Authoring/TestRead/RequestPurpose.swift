import ConnectorModel
import Manifest

/// What a request is made for, by where in the manifest its requester is.
package enum RequestPurpose: Sendable, Equatable {
  /// A page of the stream.
  case page
  case auxiliary(Auxiliary)
  /// Something that a test read does not show, as the reference does not.
  case other

  /// A request beside those for the stream's pages, in the words that the reference has for it.
  package struct Auxiliary: Sendable, Equatable {
    package enum Kind: String, Sendable {
      case http = "HTTP"
      case authentication = "AUTH"
      case parentStream = "PARENT_STREAM"
      case jobCreation = "ASYNC_CREATE"
      case jobPolling = "ASYNC_POLL"
      case jobAbortion = "ASYNC_ABORT"
      case jobDeletion = "ASYNC_DELETE"

      /// Whether it is shown with the slice that it serves.
      package var isOfJob: Bool {
        switch self {
        case .jobCreation, .jobPolling, .jobAbortion, .jobDeletion: true
        case .http, .authentication, .parentStream: false
        }
      }
    }

    package var kind: Kind
    package var title: String
    package var description: String
  }

  /// - Parameters:
  ///   - origin: nil for requests of token endpoints that nothing is known of.
  ///   - stream: the stream that is read.
  package init(_ origin: RequestOrigin?, _ action: ResponseAction, in stream: String) {
    self.init(
      path: origin?.requester.node.path ?? "authenticator", requesterOf: origin?.requester.stream ?? stream, action, in: stream)
  }

  init(path: String, requesterOf name: String, _ action: ResponseAction, in stream: String) {
    // Whose stream it is for does not matter. What an authenticator logs in by is a requester with a purpose of its own.
    let keys = path.split(whereSeparator: { ".[]".contains($0) })
    if let last = keys.last(where: { ["authenticator", "authenticators", "login_requester"].contains($0) }),
      last != "login_requester"
    {
      self = .auxiliary(Auxiliary(kind: .authentication, title: "Refresh token", description: "Obtains access token"))
      return
    }
    let isOfParent = path.contains("parent_stream_configs")
    let own = Self(path: path[...], requesterOf: name, action, in: isOfParent ? name : stream)
    guard isOfParent else {
      self = own
      return
    }
    switch own {
    case .page: self = .auxiliary(Self.request(of: name).ofParent)
    case .auxiliary(let request): self = .auxiliary(request.ofParent)
    case .other: self = .other
    }
  }

  private init(path: Substring, requesterOf name: String, _ action: ResponseAction, in stream: String) {
    let keys = Set(path.split(whereSeparator: { ".[]".contains($0) }).map(String.init))
    func auxiliary(_ kind: Auxiliary.Kind, _ title: String, _ description: String) -> Self {
      .auxiliary(Auxiliary(kind: kind, title: title, description: description))
    }
    if keys.contains("login_requester") {
      self = auxiliary(.authentication, "Login request", "Obtains session token")
    } else if !keys.isDisjoint(with: ["components_resolver", "file_uploader", "download_target_requester", "property_list"]) {
      self = .other
    } else if keys.contains("truncated_list_retriever") {
      self = auxiliary(
        .http, "Record expander 'record_expander_truncated_list' request",
        "Request performed in order to fetch the complete nested list of a truncated record.")
    } else if keys.contains("schema_loader") {
      self = auxiliary(.http, "Schema loader '\(name)' request", "Request performed in order to extract schema.")
    } else if let job = Self.job(keys) {
      self = .auxiliary(job)
    } else if name == stream || keys.contains("download_requester") {
      self = Self.page(action, of: stream)
    } else {
      self = .other
    }
  }

  private static func job(_ keys: Set<String>) -> Auxiliary? {
    let jobs: [(key: String, kind: Auxiliary.Kind, title: String, description: String)] = [
      ("creation_requester", .jobCreation, "Async Job -- Create", "Create the server-side async job."),
      ("polling_requester", .jobPolling, "Async Job -- Polling", "Poll the status of the server-side async job."),
      ("abort_requester", .jobAbortion, "Async Job -- Abort", "Abort the running server-side async job."),
      ("delete_requester", .jobDeletion, "Async Job -- Delete", "Delete the specified job from the list of Jobs."),
    ]
    return jobs.first { keys.contains($0.key) }.map { Auxiliary(kind: $0.kind, title: $0.title, description: $0.description) }
  }

  private static func request(of stream: String) -> Auxiliary {
    Auxiliary(
      kind: .http, title: "Stream '\(stream)' request",
      description: "Request performed in order to extract records for stream '\(stream)'")
  }

  /// A page, unless its response asks for the same records in another way.
  private static func page(_ action: ResponseAction, of stream: String) -> Self {
    switch action {
    case .reducePageSize:
      .auxiliary(
        Auxiliary(
          kind: .http, title: "Stream '\(stream)' page rejected, retrying with a smaller page size",
          description: "The API asks for a smaller page: the same records are requested again with fewer on a page."))
    case .splitRequestWindow:
      .auxiliary(
        Auxiliary(
          kind: .http, title: "Stream '\(stream)' request window rejected, retrying with a smaller window",
          description: "The API asks for a smaller window: the same records are requested again in parts of it."))
    default: .page
    }
  }
}

extension RequestPurpose.Auxiliary {
  /// The same request where a parent of the stream makes it.
  fileprivate var ofParent: Self {
    Self(kind: .parentStream, title: "Parent stream: \(title)", description: description)
  }
}
