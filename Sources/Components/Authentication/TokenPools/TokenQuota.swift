import AirbyteProtocol
import ConnectorModel
import Essentials
import HTTP
import JSON
import Jinja
import Manifest
import Secrets

/// A quota that each token has for some of the requests, and where the API says what is left of it.
struct TokenQuota: Component {
  let name: String
  /// Where the quota status has what is left, when it is reset, and how much there is then.
  let remainingPath: [String]
  let resetPath: [String]
  let limitPath: [String]
  /// The requests that it counts; a quota without any counts all others.
  let matchers: [HttpRequestRegexMatcher]
  /// Where each response has the same.
  let remainingHeader: String?
  let resetHeader: String?
  let limitHeader: String?
  /// The statuses that say that nothing is left.
  let exhaustionStatusCodes: Set<Int>

  init(from node: ComponentNode, in scope: BuildScope) throws {
    name = try node.string("name")
    remainingPath = try node.strings("remaining_path")
    resetPath = try node.strings("reset_path")
    limitPath = try node.strings("limit_path")
    matchers = try node.nodes("matchers").map { try scope.build(only: $0) }
    remainingHeader = try node.optionalString("remaining_header")
    resetHeader = try node.optionalString("reset_header")
    limitHeader = try node.optionalString("limit_header")
    exhaustionStatusCodes = Set(try node.nodes("exhaustion_status_codes").compactMap(\.int))
  }

  /// What the quota status says.
  /// - Throws: ``ConnectorError`` if one of the places is not in it.
  func state(in status: JSONView) throws -> QuotaState {
    let remaining = try number(value(at: remainingPath, "remaining", in: status), "remaining")
    let limit = limitPath.isEmpty ? remaining : try number(value(at: limitPath, "limit", in: status), "limit")
    let reset = PythonStrings.str(try value(at: resetPath, "reset", in: status).value)
    guard let moment = TokenExpiry.parse(reset) else { throw error("reset", "is not a date") }
    return QuotaState(remaining: remaining, resetAt: moment, limit: limit)
  }

  /// What a response says; nil if it says nothing.
  func report(in response: HTTPResponse, now: Int64) -> QuotaReport? {
    func number(_ header: String?) -> Int? {
      header.flatMap { response.header($0) }.flatMap { Int($0.trimmed(.whitespaces)) }
    }
    let isExhausted = exhaustionStatusCodes.contains(response.status)
    let report = QuotaReport(
      remaining: number(remainingHeader) ?? (isExhausted ? 0 : nil),
      resetAt: resetHeader.flatMap { response.header($0) }.flatMap { HTTPDate.parse($0, now: now) ?? TokenExpiry.parse($0) },
      limit: number(limitHeader),
      isExhausted: isExhausted)
    return report.remaining == nil && report.resetAt == nil && report.limit == nil ? nil : report
  }

  private func value(at path: [String], _ field: String, in status: JSONView) throws -> JSONView {
    try path.reduce(status) { value, key in
      guard value.kind == .object, let member = value[key] else { throw error(field, "is missing") }
      return member
    }
  }

  private func number(_ value: JSONView, _ field: String) throws -> Int {
    switch value.kind {
    case .bool: return value.bool == true ? 1 : 0
    case .int: if let number = value.int { return number }
    case .double: if let number = value.double, abs(number) < 1e15 { return Int(number) }
    case .string:
      if let number = value.string.flatMap({ Int($0.trimmed(.whitespaces)) }) { return number }
    default: break
    }
    throw error(field, "is not a number")
  }

  private func error(_ field: String, _ fault: String) -> ConnectorError {
    ConnectorError(.system, "The quota status cannot be used: `\(field)_path` of the quota `\(name)` \(fault) in it")
  }
}
