import ConnectorModel
import Essentials
import JSON
import Jinja
import Secrets

/// The body of a response as people can read it: the text of HTML without its tags, white space as single spaces, nothing that a
/// terminal would obey.
struct BodyText {
  /// What the body holds.
  enum Kind: Equatable {
    case empty
    /// JSON, or any other text.
    case text
    case html
    case xml
    case form
    case binary
    /// It was not received yet, or is in a file.
    case elsewhere
  }

  let kind: Kind
  /// The size of the body in bytes.
  let size: Int
  /// The beginning of the text as it was received.
  private let beginning: String
  private let contentType: String

  /// More than this, in bytes, is not read.
  private static let longest = 1 << 16

  init(_ response: HTTPResponse) {
    contentType = String((response.header("Content-Type") ?? "").prefix { $0 != ";" }).trimmed(.whitespaces)
      .lowercased()
    guard case .received(let body) = response.content else {
      (kind, size, beginning) = (.elsewhere, 0, "")
      return
    }
    size = body.data.count
    let text = Self.decoded(body.data.prefix(Self.longest), charset: response.charset)
    beginning = text
    kind = Self.kind(of: text, contentType)
  }

  /// The fields of a form (`error=invalid_request&error_description=…`); empty if the body is not a form.
  var fields: [(name: String, value: String)] { kind == .form ? URLParts.query(of: "?" + beginning) : [] }

  /// The beginning of the text in one line; nil if there is no text to show.
  /// - Parameters:
  ///   - secrets: masks the text before it is cut.
  ///   - count: the most characters.
  func excerpt(hiding secrets: any Secrets, upTo count: Int) -> String? {
    if kind == .empty || kind == .binary || kind == .elsewhere { return nil }
    // As it was received first, as a secret may have line breaks or tags in it.
    let masked = secrets.masked(beginning)
    let text = Self.line(kind == .html ? Self.withoutTags(masked) : masked)
    return text.isEmpty ? nil : secrets.excerpt(of: text, upTo: count)
  }

  /// What is said about a body that cannot be shown.
  var description: String {
    switch kind {
    case .elsewhere: "The body of its answer was not received"
    case .binary:
      "The body of its answer is not text: \(size) bytes\(contentType.isEmpty ? "" : " of \(Self.line(contentType))")"
    default: "The body of its answer is empty"
    }
  }

  /// A text in one line, without what a terminal would obey.
  static func line(_ text: String) -> String {
    TerminalText.line(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
  }

  // MARK: - Reading

  private static func decoded(_ data: Data, charset: String?) -> String {
    let (encoding, mark) = TextEncoding.of(data.prefix(4), manifest: nil, charset: charset)
    let bytes = data.dropFirst(mark)
    let name: String? =
      switch encoding {
      case .named(let name): name
      case .utf8(let other): String(validating: bytes, as: UTF8.self) == nil ? other : nil
      }
    let text = name.flatMap { TextEncoding.transcoded(JSONBytes(Data(bytes)), from: $0, replacesInvalid: true) }
    return text?.string ?? String(decoding: bytes, as: UTF8.self)
  }

  private static func kind(of text: String, _ contentType: String) -> Kind {
    guard let first = text.first(where: { !$0.isWhitespace }) else { return .empty }
    let sample = text.unicodeScalars.prefix(512)
    let odd = sample.count { $0 == "\u{FFFD}" || ($0.value < 0x20 && !$0.properties.isWhitespace) }
    if odd * 10 > sample.count { return .binary }
    if first == "<" {
      let start = text.drop(while: \.isWhitespace).prefix(15).lowercased()
      return contentType.contains("html") || start.hasPrefix("<!doctype html") || start.hasPrefix("<html") ? .html : .xml
    }
    // What is declared as HTML is often something else.
    if first == "{" || first == "[" || first == "\"" { return .text }
    if contentType.contains("html") { return .html }
    return contentType == "application/x-www-form-urlencoded" ? .form : .text
  }

  /// The text of HTML, whose title comes first.
  private static func withoutTags(_ html: String) -> String {
    var text = html
    for name in ["script", "style", "svg"] { text = without(name, in: text) }
    // Elements are words of their own.
    return stripTags(text.replacing("<", with: " <"))
  }

  /// A text without the elements of a name, which may be cut off after the last one.
  private static func without(_ name: String, in text: String) -> String {
    var kept = ""
    var rest = text[...]
    while let start = rest.firstRange(ofIgnoringCase: "<\(name)") {
      kept += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstRange(ofIgnoringCase: "</\(name)") else {
        return kept
      }
      rest = rest[end.lowerBound...]
    }
    return kept + rest
  }
}
