import ConnectorModel
import Essentials
import JSON

/// Where a placeholder's secret is in the config, and how a text wrote it: a replay has a config too, and puts its own secret there.
struct SecretOrigin: Sendable, Equatable {
  /// How a text writes a secret.
  enum Writing: String, Sendable {
    /// As it is, escaped as the text around it demands.
    case plain
    /// With percent signs, but for what a URL may have anywhere, as addresses of requests write it.
    case uri
    /// With percent signs.
    case percent
    /// The same, with `+` for blanks.
    case form
    case base64
    /// As a number of JSON, for which other digits stand.
    case number
  }

  let path: String
  let writing: Writing

  init(path: String, writing: Writing) {
    self.path = path
    self.writing = writing
  }

  init?(_ note: JSONValue) {
    guard let path = note["config"]?.string, let writing = note["as"]?.string.flatMap(Writing.init) else { return nil }
    self.init(path: path, writing: writing)
  }

  var note: JSONValue { ["config": .string(path), "as": .string(writing.rawValue)] }

  /// The text that a secret has in place of the placeholder; nil if it cannot be written so.
  func text(of secret: String, inJSON isJSON: Bool) -> String? {
    let secret = secret.trimmed(.whitespacesAndNewlines)
    switch writing {
    case .plain: return isJSON ? String(JSONValue.string(secret).jsonText.dropFirst().dropLast()) : secret
    case .uri: return PercentEncoding.requoted(secret, as: .uri)
    case .form: return PercentEncoding.quotePlus(secret)
    case .percent: return PercentEncoding.quotePlus(secret).replacing("+", with: "%20")
    case .base64: return Data(secret.utf8).base64EncodedString()
    case .number:
      switch try? JSONValue(parsing: secret) {
      case .int?, .double?, .number?: return secret
      default: return nil
      }
    }
  }
}

/// The origins of the placeholders in one entry of a recording, as they are found.
struct SecretOrigins {
  /// Other digits than these could be those of another number.
  static let fewestDigits = 6

  private let places: [(path: String, secret: String)]
  private var known: Set<String> = []
  /// By placeholder.
  private(set) var notes: JSONObject = [:]

  /// - Parameter places: the secrets of the config, by their paths.
  init(_ places: [String: String]) {
    self.places = places.map { ($0.key, $0.value.trimmed(.whitespacesAndNewlines)) }.sorted { $0.path < $1.path }
  }

  /// A placeholder stands for a text.
  mutating func note(_ placeholder: String, for text: String, asNumber isNumber: Bool = false) {
    guard !places.isEmpty, known.insert(placeholder).inserted, !isNumber || placeholder.utf8.count >= Self.fewestDigits,
      let origin = origin(of: text, asNumber: isNumber)
    else { return }
    notes[placeholder] = origin.note
  }

  private func origin(of text: String, asNumber isNumber: Bool) -> SecretOrigin? {
    if isNumber { return places.first { $0.secret == text }.map { SecretOrigin(path: $0.path, writing: .number) } }
    for (path, secret) in places {
      if text == secret || (text.contains("\\") && (try? JSONValue(parsing: "\"\(text)\"")) == .string(secret)) {
        return SecretOrigin(path: path, writing: .plain)
      }
      if text.contains("%") || text.contains("+") {
        let ways: [SecretOrigin.Writing] = [.uri, .percent, .form]
        let exact = ways.map { SecretOrigin(path: path, writing: $0) }.first { $0.text(of: secret, inJSON: false) == text }
        if let exact { return exact }
        if PercentEncoding.decoded(text) == secret { return SecretOrigin(path: path, writing: .percent) }
        if PercentEncoding.decoded(field: text) == secret { return SecretOrigin(path: path, writing: .form) }
      }
      if text == Data(secret.utf8).base64EncodedString() { return SecretOrigin(path: path, writing: .base64) }
    }
    return nil
  }
}
