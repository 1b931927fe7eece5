import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import PythonTime
import Secrets
import Synchronization

/// Gets session tokens by the login request, and keeps each for as long as the manifest says.
final class SessionTokenProvider: Sendable {
  /// The session that providers with the same definition share.
  private final class Shared: Sendable {
    let fetch = SharedFetch()
    let session = Mutex<Session?>(nil)
  }

  private struct Session: Sendable {
    var token: JSONValue
    var end: Int64
  }

  private let login: any Requester
  private let decoder: any Decoder
  private let path: JSONGlobPath
  private let pathText: String
  /// How long a token lasts; without it each request logs in.
  private let duration: ISODuration?
  private let runtime: RuntimeEnvironment
  private let shared: SharedByDefinition<Shared>

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let keys = try node.strings("session_token_path")
    path = try JSONGlobPath(keys)
    pathText = keys.joined(separator: ".")
    duration = try node.optionalString("expiration_duration").flatMap { text throws -> ISODuration? in
      guard !text.isEmpty else { return nil }
      do throws(PythonTimeError) {
        return try ISODuration(parsing: text)
      } catch {
        throw ConnectorError(
          .system, "`expiration_duration` should be an ISO 8601 duration such as PT1H: \(error.message)",
          at: try node.required("expiration_duration"))
      }
    }
    let beside = scope.loggingIn.beside(named: scope.streamName + "_login_requester")
    decoder = try beside.build(optional: node["decoder"], as: (any Decoder).self) ?? JsonDecoder(in: beside)
    login = try beside.entering(ExchangeScope(decoder: decoder)).build(node.required("login_requester"))
    runtime = scope.runtime
    shared = SharedByDefinition(node.node, besides: ["request_authentication"], in: scope) { Shared() }
  }

  /// - Throws: ``ConnectorError`` if the login fails, or its answer has no token.
  func token() async throws -> JSONValue {
    guard duration != nil else { return try await logIn().token }
    let shared = shared.value
    return try await shared.fetch.value({ valid(shared) }) {
      let new = try await logIn()
      shared.session.withLock { $0 = new }
      return new
    }.token
  }

  private func valid(_ shared: Shared) -> Session? {
    let now = runtime.now()
    return shared.session.withLock { $0.flatMap { $0.end < now ? nil : $0 } }
  }

  private func logIn() async throws -> Session {
    let response: HTTPResponse
    do {
      var parts = RequestParts()
      parts.checkEnd = decoder.checkEnd
      response = try await login.send(.whole, token: nil, path: nil, adding: parts)
    } catch is RequestSignal {
      throw ConnectorError(
        .config, "The error handler of a `login_requester` cannot ask for other pages or windows: there are none")
    }
    guard let value = try await decoder.decode(response.whole()).first.flatMap({ try path.get(in: $0) }), !value.isNull else {
      throw runtime.loggingIn.refusal(
        "The answer to the login request has no session token: `\(pathText)` is missing in it", response)
    }
    runtime.secrets.hidePassing(PythonStrings.str(value.value))
    return Session(token: value.value, end: try end())
  }

  private func end() throws -> Int64 {
    guard let duration else { return .max }
    // As in the reference, whose moments take no months.
    if case .duration = duration {
      throw ConnectorError(.system, "`expiration_duration` should be in weeks, days, hours, minutes and seconds")
    }
    do {
      let end = try duration.added(to: try PyDateTime(epochMicroseconds: Int128(runtime.now()), tz: .utc))
      return Int64(end.epochMicroseconds)
    } catch {
      throw ConnectorError(.config, "`expiration_duration` leads past the year 9999", internalMessage: "\(error)")
    }
  }
}
