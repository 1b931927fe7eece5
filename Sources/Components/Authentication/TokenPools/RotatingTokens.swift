import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON
import Jinja
import Secrets
import Synchronization

/// Interchangeable tokens with their quotas: asks the API for them, counts, and waits. The decisions are ``TokenPools``'.
final class RotatingTokens: TokenRotation {
  struct Settings: Sendable {
    var tokens: [String]
    var quotas: [TokenQuota]
    var source: QuotaStatusSource
    var authMethod: String
    var header: String
    /// Seconds to wait at most, all in all, for one request.
    var maxWait: Double
    var reserveFraction: Double
    var minReserve: Int

    /// The same for those that share their counters: as in the reference, by the values of the templates, and by the quotas'
    /// matchers as they are written.
    func key(_ matchers: [[JSONValue]]) -> String {
      func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
      func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
      func codes(_ codes: Set<Int>) -> JSONValue { .array(codes.sorted().map { .int($0) }) }
      let headers = source.headers.sorted { $0.key < $1.key }.map { JSONValue.array([.string($0.key), $0.value]) }
      var parts: [JSONValue] = [
        list(tokens), .string(authMethod), .string(header), .double(maxWait), .double(reserveFraction), .int(minReserve),
        .string(source.url), .string(source.method), .array(headers), codes(source.unavailableStatusCodes),
        .array(matchers.map { .array($0) }),
      ]
      for quota in quotas {
        parts += [
          .string(quota.name), list(quota.remainingPath), list(quota.resetPath), list(quota.limitPath),
          text(quota.remainingHeader), text(quota.resetHeader), text(quota.limitHeader), codes(quota.exhaustionStatusCodes),
        ]
      }
      return JSONValue.array(parts).jsonText
    }
  }

  private let settings: Settings
  /// How many runs use each of the tokens.
  private let users: RunShare
  private let runtime: RuntimeEnvironment
  private let pools: Mutex<TokenPools>
  private let seeding = SharedFetch()

  init(_ settings: Settings, runtime: RuntimeEnvironment) {
    var settings = settings
    let own = runtime.share.own(of: settings.tokens)
    settings.tokens = own.elements
    self.settings = settings
    users = RunShare(0, of: own.users) ?? .all
    self.runtime = runtime
    pools = Mutex(TokenPools(reserveFraction: settings.reserveFraction, minReserve: settings.minReserve))
  }

  /// The header of the token that is in use.
  var currentHeader: (name: String, value: String) {
    (settings.header, value(of: settings.tokens[pools.withLock { $0.active }]))
  }

  func sign(_ request: inout HTTPRequest) async throws {
    try await seeding.value({ pools.withLock { $0.isEmpty } ? nil : () }, fetch: seed)
    request.setHeader(settings.header, value(of: settings.tokens[try await take(try quota(of: request))]))
  }

  func observe(_ response: HTTPResponse, to request: HTTPRequest) {
    guard let quota = try? quota(of: request), let token = token(of: request),
      var report = settings.quotas[quota].report(in: response, now: runtime.now())
    else { return }
    report.remaining = report.remaining.map(users.remainder)
    report.limit = report.limit.map(users.remainder)
    pools.withLock { $0.observe(report, token: token, quota: quota) }
  }

  func hasAlternative(for request: HTTPRequest) -> Bool {
    guard let token = token(of: request), let quota = try? quota(of: request) else { return false }
    return pools.withLock { $0.hasAlternative(to: token, quota: quota) }
  }

  private func take(_ quota: Int) async throws -> Int {
    var deadline: Int64?
    while true {
      let now = runtime.now()
      let budget = deadline.map { Double($0 - now) / 1_000_000 } ?? settings.maxWait
      switch pools.withLock({ $0.take(quota, now: now, budget: budget) }) {
      case .send(let token, let delay):
        if delay > 0 { try await runtime.sleep(delay) }
        return token
      case .wait(let seconds):
        deadline = deadline ?? now + Int64(min(settings.maxWait, 1e10) * 1_000_000)
        try await runtime.wait(
          seconds, reason: "quota of all tokens",
          "All tokens have used up the quota `\(settings.quotas[quota].name)`: waiting \(PythonStrings.wait(seconds)).")
        try await seeding.value({ pools.withLock { $0.isExhausted(quota) } ? nil : () }, fetch: seed)
      case .fail:
        throw ConnectorError(
          .transient,
          "All tokens have used up the quota `\(settings.quotas[quota].name)`, and waiting for its reset would take too long")
      }
    }
  }

  /// Asks for the quotas of all tokens.
  private func seed() async throws {
    var states: [[QuotaState]] = []
    for token in settings.tokens {
      let known = try await settings.source.states(
        of: settings.quotas, authorization: (settings.header, value(of: token)), runtime: runtime)
      let all = known ?? settings.quotas.map { _ in .untracked }
      states.append(
        all.map { state in
          var state = state
          state.remaining = users.remainder(of: state.remaining)
          state.limit = users.remainder(of: state.limit)
          return state
        })
    }
    if states.contains(where: { $0.contains { !$0.isTracked } }) {
      runtime.log.log(.info, "The API keeps no quotas for some of the tokens: those are used in turn.")
    }
    pools.withLock { $0.replace(states) }
  }

  /// The first quota with a matcher for `request`, else the first without matchers, else the first.
  private func quota(of request: HTTPRequest) throws(ConnectorError) -> Int {
    for (index, quota) in settings.quotas.enumerated() {
      for matcher in quota.matchers where try matcher.matches(request) { return index }
    }
    return settings.quotas.firstIndex { $0.matchers.isEmpty } ?? 0
  }

  private func token(of request: HTTPRequest) -> Int? {
    guard let header = request.header(settings.header) else { return nil }
    return settings.tokens.firstIndex { value(of: $0) == header }
  }

  private func value(of token: String) -> String { "\(settings.authMethod) \(token)".trimmed(.whitespaces) }
}
