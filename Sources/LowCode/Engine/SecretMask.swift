import Foundation
import JSON
import Synchronization

/// Replaces secrets in texts that are about to be shown, however they are encoded there.
package final class SecretMask: Sendable {
  private let secrets = Mutex(SecretSet())

  package init() {}

  /// What stands in the place of a secret.
  static let replacement = "****"

  /// Hides `secret` from now on: as it is, and escaped, quoted for a URL or in base64, alone or inside a longer text.
  package func add(_ secret: String) {
    let trimmed = secret.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !trimmed.isEmpty else { return }
    var added = [secret, trimmed]
    // Of a key in several lines, a line is a secret as well.
    let lines = trimmed.split(whereSeparator: \.isNewline)
    if lines.count > 1 { added += lines.filter { $0.utf8.count >= 16 && !$0.hasPrefix("-----") }.map(String.init) }
    secrets.withLock { secrets in added.forEach { secrets.insert(Array($0.utf8)) } }
  }

  /// The secrets of a config: every value at a path that the spec marks `airbyte_secret`.
  package func add(secretsOf config: JSONObject, spec: JSONValue) {
    collect(.object(config), spec, depth: 0)
  }

  /// `text` without secrets.
  package func masked(_ text: String) -> String {
    let ranges = secrets.withLock { $0.isEmpty ? [] : SecretSearch(secrets: $0).ranges(in: Array(text.utf8)) }
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
