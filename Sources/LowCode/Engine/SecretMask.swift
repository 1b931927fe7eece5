import Foundation
import JSON
import Synchronization

/// Replaces secrets in texts that are about to be shown, however they are encoded there.
package final class SecretMask: Sendable {
  private struct Secrets {
    var index = SecretIndex()
    /// What was hidden for good.
    var lasting: Set<String> = []
    /// Short-lived ones with the forms of each, in the order of their coming, from `first` on.
    var passing: [(secret: String, forms: Set<String>)] = []
    var first = 0
    var known: Set<String> = []
  }

  private let secrets = Mutex(Secrets())
  private let passingLimit: Int

  /// - Parameter passingLimit: how many short-lived secrets are remembered.
  package init(passingLimit: Int = 1_024) { self.passingLimit = max(1, passingLimit) }

  /// What stands in the place of a secret.
  static let replacement = "****"

  /// Hides `secret` from now on: as it is, quoted for a URL or for JSON, and in base64, alone or inside a longer text.
  package func add(_ secret: String) {
    guard !secret.isEmpty, !secrets.withLock({ $0.lasting.contains(secret) }) else { return }
    let forms = Self.forms(of: secret)
    secrets.withLock { secrets in
      guard secrets.lasting.insert(secret).inserted else { return }
      forms.forEach { secrets.index.insert($0) }
    }
  }

  /// Hides a secret that is soon worth nothing, as a token made for one request: only the latest of them are remembered.
  package func addPassing(_ secret: String) {
    guard !secret.isEmpty, !secrets.withLock({ $0.known.contains(secret) || $0.lasting.contains(secret) }) else { return }
    let forms = Self.forms(of: secret)
    secrets.withLock { secrets in
      guard secrets.known.insert(secret).inserted else { return }
      forms.forEach { secrets.index.insert($0) }
      secrets.passing.append((secret, forms))
      guard secrets.passing.count - secrets.first > passingLimit else { return }
      let oldest = secrets.passing[secrets.first]
      oldest.forms.forEach { secrets.index.remove($0) }
      secrets.known.remove(oldest.secret)
      secrets.passing[secrets.first] = ("", [])
      secrets.first += 1
      if secrets.first >= passingLimit {
        secrets.passing.removeFirst(secrets.first)
        secrets.first = 0
      }
    }
  }

  private static func forms(of secret: String) -> Set<String> {
    var forms: Set = [secret, RequestPreparation.quotePlus(secret), JSONValue.string(secret).jsonText.dropQuotes]
    forms.insert(secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? secret)
    return forms.union(base64Forms(secret)).subtracting([""])
  }

  /// The secrets of a config: every value at a path that the spec marks `airbyte_secret`.
  package func add(secretsOf config: JSONObject, spec: JSONValue) {
    collect(.object(config), spec, depth: 0)
  }

  /// `text` without secrets.
  package func masked(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let ranges = secrets.withLock { $0.index.ranges(in: bytes) }
    guard !ranges.isEmpty else { return text }
    var masked: [UInt8] = []
    masked.reserveCapacity(bytes.count)
    var end = 0
    for range in ranges {
      masked += bytes[end..<range.lowerBound]
      masked += Self.replacement.utf8
      end = range.upperBound
    }
    masked += bytes[end...]
    return String(decoding: masked, as: UTF8.self)
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
