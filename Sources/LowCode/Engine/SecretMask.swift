import Foundation
import JSON
import Synchronization

/// Replaces secrets in texts that are about to be shown, however they are encoded there.
package final class SecretMask: Sendable {
  private struct State {
    var secrets = SecretSet()
    var lasting: Set<[UInt8]> = []
    /// Those that are in use for a short time only, the oldest first.
    var passing: [String] = []
  }

  private let state = Mutex(State())
  private let passingLimit: Int

  /// - Parameter passingLimit: how many short-lived secrets stay hidden at least.
  package init(passingLimit: Int = 1_024) { self.passingLimit = passingLimit }

  /// What stands in the place of a secret.
  static let replacement = "****"

  /// Hides `secret` from now on: as it is, and escaped, quoted for a URL or in base64, alone or inside a longer text.
  package func add(_ secret: String) {
    let isKnown = state.withLock { $0.lasting.contains(Array(secret.utf8)) }
    if isKnown { return }
    let added = Self.forms(of: secret)
    state.withLock { state in
      for form in added where state.lasting.insert(form).inserted { state.secrets.insert(form) }
    }
  }

  /// Hides a secret of which there are many, each for a short time: a token that is made for one request. The last ones
  /// stay hidden, so that neither memory nor time grow with a long read.
  package func addPassing(_ secret: String) {
    state.withLock { state in
      guard !state.passing.contains(secret), !state.lasting.contains(Array(secret.utf8)) else { return }
      state.passing.append(secret)
      Self.forms(of: secret).forEach { state.secrets.insert($0) }
      guard state.passing.count > 2 * passingLimit else { return }
      state.passing.removeFirst(state.passing.count - passingLimit)
      state.secrets = SecretSet()
      (state.lasting + state.passing.flatMap(Self.forms)).forEach { state.secrets.insert($0) }
    }
  }

  private static func forms(of secret: String) -> [[UInt8]] {
    let trimmed = secret.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !trimmed.isEmpty else { return [] }
    var forms = [secret, trimmed]
    // Of a key in several lines, a line is a secret as well.
    let lines = trimmed.split(whereSeparator: \.isNewline)
    if lines.count > 1 { forms += lines.filter { $0.utf8.count >= 16 && !$0.hasPrefix("-----") }.map(String.init) }
    return forms.map { Array($0.utf8) }
  }

  /// The secrets of a config: every value at a path that the spec marks `airbyte_secret`.
  package func add(secretsOf config: JSONObject, spec: JSONValue) {
    collect(.object(config), spec, depth: 0)
  }

  /// `text` without secrets.
  package func masked(_ text: String) -> String {
    let ranges = state.withLock { state in
      state.secrets.isEmpty ? [] : SecretSearch(secrets: state.secrets).ranges(in: Array(text.utf8))
    }
    guard !ranges.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var shown: [UInt8] = []
    var position = 0
    for range in ranges {
      shown += bytes[position..<range.lowerBound]
      shown += Self.replacement.utf8
      position = range.upperBound
    }
    shown += bytes[position...]
    return String(decoding: shown, as: UTF8.self)
  }

  private func collect(_ value: JSONValue, _ schema: JSONValue, depth: Int) {
    guard depth < 64, case .object(let schema) = schema else { return }
    if schema["airbyte_secret"] == .bool(true) { addAll(value) }
    for keyword in ["oneOf", "anyOf", "allOf"] {
      for branch in schema[keyword]?.array ?? [] { collect(value, branch, depth: depth + 1) }
    }
    for keyword in ["if", "then", "else"] {
      if let branch = schema[keyword] { collect(value, branch, depth: depth + 1) }
    }
    switch value {
    case .object(let members):
      for (name, property) in schema["properties"]?.object ?? [:] {
        if let member = members[name] { collect(member, property, depth: depth + 1) }
      }
      if let additional = schema["additionalProperties"] {
        for (name, member) in members where schema["properties"]?[name] == nil { collect(member, additional, depth: depth + 1) }
      }
    case .array(let elements):
      guard let items = schema["items"] else { return }
      for element in elements { collect(element, items, depth: depth + 1) }
    default: break
    }
  }

  private func addAll(_ value: JSONValue) {
    switch value {
    case .null, .bool: break
    case .array(let elements): elements.forEach(addAll)
    case .object(let object): object.values.forEach(addAll)
    default: add(PythonStrings.str(value))
    }
  }
}
