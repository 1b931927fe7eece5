import ConnectorModel
import HTTP
import JSON
import Jinja

extension HTTPResponse {
  /// The `Link` header (RFC 8288) by relation, as Python's requests gives it: `{"next": {"url": …, "rel": "next"}}`. A link with
  /// several relations is under each of them, and under their list as it is written; one without is under its URL.
  package var links: Value {
    guard let header = header("Link") else { return .emptyDict }
    var links: JSONObject = [:]
    var reader = LinkReader(HeaderText.utf8(header))
    while let link = reader.next() {
      let value = JSONValue.object(link)
      guard let relations = link["rel"]?.string else {
        if let url = link["url"]?.string { links[url] = value }
        continue
      }
      links[relations] = value
      for relation in relations.split(whereSeparator: \.isWhitespace) { links[String(relation)] = value }
    }
    return Value(JSONValue.object(links))
  }
}

/// Reads the links of a header one after the other: `<URL>; name=value; name="value", <URL> …`.
private struct LinkReader {
  private var rest: Substring.UTF8View

  init(_ header: String) { rest = Substring(header).utf8 }

  /// The next link's parameters, with its URL as `url`.
  mutating func next() -> JSONObject? {
    rest = rest.drop { Self.isBlank($0) || $0 == UInt8(ascii: ",") }
    guard !rest.isEmpty else { return nil }
    var link: JSONObject = ["url": .string(url())]
    while take(";") {
      let name = text(until: "=;,")
      guard take("=") else { continue }
      let value = value()
      // Names are compared without regard to case (§3); of several relations the first counts (§3.3).
      if name.lowercased() == "rel" {
        if link["rel"] == nil { link["rel"] = .string(value) }
      } else if !name.isEmpty {
        link[name] = .string(value)
      }
    }
    return link
  }

  /// What is in the angle brackets, also commas and semicolons; without brackets, what is before the parameters.
  private mutating func url() -> String {
    guard take("<") else { return text(until: ";,").trimmingQuotes() }
    let url = Substring(rest.prefix { $0 != UInt8(ascii: ">") })
    rest = rest[url.endIndex...].dropFirst()
    return String(url)
  }

  private mutating func value() -> String {
    for quote in ["\"", "'"] where take(quote) {
      var bytes: [UInt8] = []
      while let byte = rest.popFirst(), [byte] != Array(quote.utf8) {
        // A quoted character means itself (RFC 9110 §5.6.4).
        if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() { bytes.append(escaped) } else { bytes.append(byte) }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    return text(until: ";,")
  }

  /// What is before one of `marks`, without blanks around it.
  private mutating func text(until marks: String) -> String {
    var found = rest.prefix { !marks.utf8.contains($0) }
    rest = rest[found.endIndex...]
    found = found.drop(while: Self.isBlank)
    while let last = found.last, Self.isBlank(last) { found = found.dropLast() }
    return String(Substring(found))
  }

  /// Passes over blanks, and over `mark` if it comes next.
  private mutating func take(_ mark: String) -> Bool {
    let start = rest.drop(while: Self.isBlank)
    guard start.starts(with: mark.utf8) else { return false }
    rest = start.dropFirst()
    return true
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension String {
  fileprivate func trimmingQuotes() -> String {
    String(drop { "<> '\"".contains($0) }.reversed().drop { "<> '\"".contains($0) }.reversed())
  }
}
