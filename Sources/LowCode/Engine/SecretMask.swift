import Foundation
import JSON
import Synchronization

/// Replaces secrets in texts that are about to be shown, however they are encoded there.
package final class SecretMask: Sendable {
  private let forms = Mutex<[String]>([])

  package init() {}

  /// What stands in the place of a secret.
  static let replacement = "****"

  /// Hides `secret` from now on: as it is, quoted for a URL or for JSON, and in base64, alone or inside a longer text.
  package func add(_ secret: String) {
    guard !secret.isEmpty else { return }
    var added = [secret, RequestPreparation.quotePlus(secret), JSONValue.string(secret).jsonText.dropQuotes]
    added.append(secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? secret)
    added += Self.base64Forms(secret)
    forms.withLock { forms in
      for form in added where !form.isEmpty && !forms.contains(form) { forms.append(form) }
      // The longest first: a secret may be a part of another one.
      forms.sort { $0.utf8.count > $1.utf8.count }
    }
  }

  /// The secrets of a config: every value at a path that the spec marks `airbyte_secret`.
  package func add(secretsOf config: JSONObject, spec: JSONValue) {
    collect(.object(config), spec, depth: 0)
  }

  /// `text` without secrets.
  package func masked(_ text: String) -> String {
    forms.withLock { forms in
      guard forms.contains(where: { text.contains($0) }) else { return text }
      return forms.reduce(text) { $0.replacing($1, with: Self.replacement) }
    }
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

  /// The secret in base64 at each of the three places where it can begin within a group, without the characters that its
  /// neighbours share; short secrets give nothing that could be told from other text.
  private static func base64Forms(_ secret: String) -> [String] {
    let bytes = Array(secret.utf8)
    guard bytes.count >= 6 else { return [] }
    var forms = [Data(bytes).base64EncodedString()]
    for shift in 0..<3 {
      let padded = [UInt8](repeating: 0, count: shift) + bytes
      let whole = padded.count / 3 * 3
      let text = Data(padded.prefix(whole)).base64EncodedString()
      forms.append(String(text.dropFirst(shift == 0 ? 0 : 4)))
    }
    return forms.flatMap { form in
      [
        form, form.replacing("+", with: "-").replacing("/", with: "_"),
        form.replacing("+", with: "%2B").replacing("/", with: "%2F"),
      ]
    }
  }
}

extension String {
  fileprivate var dropQuotes: String { String(dropFirst().dropLast()) }
}
