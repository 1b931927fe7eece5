import AirbyteProtocol
import ConnectorModel
import HTTP

/// The page size of one partition's read while the API asks for smaller pages: decides, and leaves the waiting to its owner.
struct PageSizeReducer: Sendable {
  private let rules: PageSizeReduction
  private let configured: Int?
  private let streamName: String
  private var attempts = 0
  private var retriesAtMinimum = 0
  /// The size to ask for instead of the configured one.
  private(set) var size: Int?

  init(_ rules: PageSizeReduction, configured: Int?, streamName: String) {
    self.rules = rules
    self.configured = configured
    self.streamName = streamName
  }

  /// Takes in that the API refused a page.
  /// - Returns: the seconds to wait before the page is asked for again.
  /// - Throws: ``ConnectorError`` once neither a smaller page nor another try is allowed.
  mutating func reduce(_ reason: String?) throws -> Double {
    guard let configured else {
      throw ConnectorError(
        .config, "Stream `\(streamName)` should reduce its page size, but it has none", internalMessage: reason)
    }
    let current = size ?? configured
    let reduced = max(rules.minimum, Self.quotient(current, rules.factor))
    guard reduced < current else { return try retry(at: current, reason) }
    attempts += 1
    guard attempts <= rules.maxAttempts else {
      throw failure(
        .transient, "The API refused every page size that stream `\(streamName)` asked for, down to \(current)", reason)
    }
    size = reduced
    return rules.backoff * Double(attempts)
  }

  /// A page cannot be smaller, but the API may have a temporary problem.
  private mutating func retry(at current: Int, _ reason: String?) throws -> Double {
    guard retriesAtMinimum >= rules.retriesAtMinimum else {
      retriesAtMinimum += 1
      return rules.backoff * Double(retriesAtMinimum)
    }
    if size == nil, rules.minimum > 1 {
      throw ConnectorError(
        .config,
        "The page size \(current) of stream `\(streamName)` cannot be reduced, because `minimum_page_size` is \(rules.minimum)",
        internalMessage: reason)
    }
    throw failure(.transient, "The API refuses pages of stream `\(streamName)` even at the smallest size, \(current)", reason)
  }

  /// A page was read.
  mutating func pageSucceeded() {
    attempts = 0
    retriesAtMinimum = 0
    if rules.restoresAfterSuccess { size = nil }
  }

  private func failure(_ type: FailureType, _ message: String, _ reason: String?) -> ConnectorError {
    ConnectorError(
      type, [message, rules.failureMessage, reason ?? ""].reduce("") { $1.isEmpty ? $0 : APIAnswer.sentences($0, $1) },
      internalMessage: reason.map { APIAnswer.sentences(message, $0) })
  }

  /// Python's `int(size // factor)`.
  private static func quotient(_ size: Int, _ factor: Double) -> Int {
    Int(exactly: (Double(size) / factor).rounded(.down)) ?? 0
  }
}
