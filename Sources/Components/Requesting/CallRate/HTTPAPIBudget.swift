import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Manifest
import Python
import Secrets
import Synchronization

/// Keeps the requests of all streams within the rates that the API allows.
final class HTTPAPIBudget: Component, CallBudget {
  private let policies: [any CallRatePolicy]
  /// How the policies are called where somebody asks what delayed a request.
  private let names: [String]
  private let counters: Mutex<[(any CallRateCounter)?]>
  private let resetHeader: String
  private let remainingHeader: String
  private let hitStatusCodes: Set<Int>
  private let runtime: RuntimeEnvironment

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let policies = try node.nodes("policies").map { try scope.build($0, as: (any CallRatePolicy).self) }
    let now = scope.runtime.now()
    self.policies = policies
    names = try node.nodes("policies").map { "\($0["type"]?.string ?? "policy")\($0.placeText)" }
    counters = Mutex(policies.map { $0.counter(at: now, share: scope.runtime.share) })
    func name(_ property: String, _ fallback: String) throws -> String {
      let text = try node.optionalString(property) ?? ""
      return text.isEmpty ? fallback : text
    }
    resetHeader = try name("ratelimit_reset_header", "ratelimit-reset")
    remainingHeader = try name("ratelimit_remaining_header", "ratelimit-remaining")
    let codes = try node.nodes("status_codes_for_ratelimit_hit").compactMap(\.int)
    hitStatusCodes = codes.isEmpty ? [429] : Set(codes)
    runtime = scope.runtime
  }

  func acquire(_ request: HTTPRequest, for stream: String?) async throws {
    guard let (index, weight) = try policy(for: request) else { return }
    while let wait = try wait(weight, index, request) {
      // A window's last instant still belongs to it.
      let seconds = wait == 0 ? 0.001 : Double(wait) / 1_000_000
      request.origin?.history?.waited(seconds, for: names[index])
      guard wait > 0 else {
        try await runtime.sleep(seconds)
        continue
      }
      try await runtime.wait(
        seconds, stream: stream, reason: "call rate",
        "\(request.method) \(request.url) waits \(PythonStrings.wait(seconds)) for the call rate of the manifest: "
          + "\(summary(index)).")
    }
  }

  func update(from response: HTTPResponse, to request: HTTPRequest) {
    guard let (index, _) = try? policy(for: request) else { return }
    let now = runtime.now()
    let reset = moment(resetHeader, response, now)
    let left = integer(remainingHeader, response).flatMap { Int(exactly: $0) }.map(runtime.share.remainder)
    let available = left ?? (hitStatusCodes.contains(response.status) ? 0 : nil)
    counters.withLock { counters in
      counters[index]?.update(available: available, reset: reset, at: now)
    }
  }

  private func policy(for request: HTTPRequest) throws(ConnectorError) -> (index: Int, weight: Int)? {
    for (index, policy) in policies.enumerated() {
      if let weight = try policy.weight(of: request) { return (index, weight) }
    }
    return nil
  }

  private func wait(_ weight: Int, _ index: Int, _ request: HTTPRequest) throws -> Int64? {
    let now = runtime.now()
    return try counters.withLock { counters in
      guard let capacity = counters[index]?.capacity else { return nil }
      guard weight <= capacity else {
        throw ConnectorError(
          .system, "A request counts as \(weight) calls, but its call rate allows no more than \(capacity) at a time",
          internalMessage: "\(request.method) \(request.url) has weight \(weight); its policy allows \(capacity)")
      }
      return counters[index]?.acquire(weight, at: now)
    }
  }

  private func summary(_ index: Int) -> String { counters.withLock { $0[index]?.summary ?? "" } }

  /// The moment that a header names, by its seconds since 1970-01-01T00:00:00Z or its date.
  private func moment(_ name: String, _ response: HTTPResponse, _ now: Int64) -> Int64? {
    if let date = response.header(name).flatMap({ HTTPDate.parse($0, now: now) }) { return date }
    guard let seconds = integer(name, response) else { return nil }
    let (moment, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? nil : moment
  }

  /// An integer in a header. Anything else is ignored with a warning.
  private func integer(_ name: String, _ response: HTTPResponse) -> Int64? {
    guard let text = response.header(name), !text.isEmpty else { return nil }
    if let number = PythonNumberText.integer(text)?.int { return Int64(number) }
    let shown = runtime.secrets.excerpt(of: text, upTo: 100)
    runtime.log.log(.warn, "The header `\(name)` says nothing about the call rate: `\(shown)` is not an integer.")
    return nil
  }
}
