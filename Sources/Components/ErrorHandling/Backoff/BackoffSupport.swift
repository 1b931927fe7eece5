import AirbyteProtocol
import ConnectorModel
import HTTP
import Jinja
import Manifest
import Python
import Secrets
import Templating

/// A number in a manifest that may be a template over the config.
struct InterpolatedNumber: Sendable {
  private let template: InterpolatedString
  private let config: TemplateConfig
  private let node: ManifestNode

  init(_ value: ManifestNode, of component: ComponentNode, in scope: BuildScope) throws {
    let text: String =
      switch value.content {
      case .string(let text): text
      case .int(let number): String(number)
      case .double(let number): String(number)
      default: throw ConnectorError(.system, "A number or a template for one is expected here", at: value)
      }
    template = InterpolatedString(text, parameters: component.parameters, mark: value.mark)
    config = scope.templateConfig
    node = value
  }

  /// - Throws: ``ConnectorError`` if the template gives no number.
  func value() throws -> Double {
    let text = try template.string(EvaluationContext(config: config))
    guard let number = PythonNumberText.float(text) else {
      throw ConnectorError(.system, "`\(template.source)` should give a number, but gives `\(text)`", at: node)
    }
    return number
  }

  /// The number as an integer: a fraction is cut off, as Python's `int` does, but a text has to be an integer.
  /// - Throws: ``ConnectorError`` if the template gives none.
  func integer() throws -> Int {
    let result = try template.evaluate(EvaluationContext(config: config))
    switch result {
    case .int(let number): return number
    case .bool(let flag): return flag ? 1 : 0
    case .float(let number): if let whole = Int(exactly: number.rounded(.towardZero)) { return whole }
    case .string(let text): if let number = PythonNumberText.integer(text)?.int { return number }
    default: break
    }
    throw ConnectorError(
      .system,
      "`\(template.source)` should give an integer, but gives `\(try template.string(EvaluationContext(config: config)))`",
      at: node)
  }
}

/// Spreads a wait over the range that the manifest gives, so that many clients do not return at once.
struct Jitter: Sendable {
  private let range: Double?
  private let random: @Sendable () -> Double

  init(_ node: ComponentNode, in scope: BuildScope) {
    range =
      switch node["jitter_range_in_seconds"]?.content {
      case .int(let number)?: Double(number)
      case .double(let number)?: number
      default: nil
      }
    random = scope.runtime.random
  }

  func applied(to wait: Double) -> Double {
    guard let range else { return wait }
    return wait + random() * range * 2
  }
}

/// Refuses waits that are as long as `max_waiting_time_in_seconds`, or longer.
struct WaitLimit: Sendable {
  private let seconds: Double?

  /// The limit depends only on the config, so a mistake in it shows at once.
  init(_ node: ComponentNode, in scope: BuildScope) throws {
    guard let value = node["max_waiting_time_in_seconds"] else {
      seconds = nil
      return
    }
    let number = try InterpolatedNumber(value, of: node, in: scope).value()
    guard number.isFinite else {
      throw ConnectorError(.system, "`max_waiting_time_in_seconds` should be a finite number", at: value)
    }
    seconds = number
  }

  func check(_ wait: Double) throws {
    guard let seconds, wait >= seconds else { return }
    throw ConnectorError(
      .transient, "The API asks for a longer wait than the connector is allowed to make",
      internalMessage:
        "The API asks to wait \(PythonStrings.wait(wait)); `max_waiting_time_in_seconds` is \(PythonStrings.wait(seconds))")
  }

  func checked(_ wait: Double) throws -> Double {
    try check(wait)
    return wait
  }
}

/// A number or a date in a response header, alone or found by a regular expression at the header's start.
struct HeaderTime: Sendable {
  /// What a header says.
  enum Found: Equatable {
    /// Seconds, from now or since 1970-01-01T00:00:00Z: that depends on the header.
    case number(Double)
    /// Microseconds since 1970-01-01T00:00:00Z.
    case moment(Int64)
  }

  private let header: InterpolatedString
  private let regex: InterpolatedString?
  private let config: TemplateConfig
  private let now: @Sendable () -> Int64

  init(_ node: ComponentNode, in scope: BuildScope) throws {
    now = scope.runtime.now
    header = try InterpolatedString(node.required("header"), parameters: node.parameters)
    regex = node["regex"].map { InterpolatedString($0, parameters: node.parameters) }
    config = scope.templateConfig
  }

  /// The seconds to wait, for a header that says them or names the moment until when; a moment that is past asks for no wait.
  func wait(in response: HTTPResponse) throws -> Double? {
    switch try found(in: response) {
    case .number(let seconds)?: seconds
    case .moment(let moment)?: max(0, (Double(moment) - Double(now())) / 1_000_000)
    case nil: nil
    }
  }

  /// The moment that the header names, in seconds since 1970-01-01T00:00:00Z.
  func moment(in response: HTTPResponse) throws -> Double? {
    switch try found(in: response) {
    case .number(let seconds)?: seconds
    case .moment(let moment)?: Double(moment) / 1_000_000
    case nil: nil
    }
  }

  /// The header with its value, for people; of a long one only its length, because a part of a secret would not be masked.
  func shown(in response: HTTPResponse) -> String? {
    guard let name = try? header.string(EvaluationContext(config: config)), let value = response.header(name) else { return nil }
    return "\(name): \(value.count > 100 ? "\(value.count) characters" : value)"
  }

  private func found(in response: HTTPResponse) throws -> Found? {
    let context = EvaluationContext(config: config)
    guard var text = response.header(try header.string(context)), !text.isEmpty else { return nil }
    if let regex = try regex?.string(context) {
      let match = try PythonPattern.cached(regex).firstMatch(in: text, atStart: true)
      if let found = match?.group(0) { text = found }
    }
    return PythonNumberText.float(text).map { .number($0) } ?? HTTPDate.parse(text, now: now()).map { .moment($0) }
  }
}
