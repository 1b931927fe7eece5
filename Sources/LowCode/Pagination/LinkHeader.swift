import JSON
import Jinja

extension HTTPResponse {
  /// The `Link` header (RFC 8288) by relation, as Python's requests parses it: `{"next": {"url": …, "rel": "next"}}`.
  var links: Value {
    guard let header = header("Link") else { return .emptyDict }
    var links: JSONObject = [:]
    for part in Self.splitLinks(header) {
      let pieces = part.split(separator: ";", maxSplits: 1)
      guard let target = pieces.first else { continue }
      let trim: Set<Character> = ["<", ">", " ", "'", "\""]
      var link: JSONObject = ["url": .string(target.trimmed(trim))]
      for parameter in pieces.dropFirst().flatMap({ $0.split(separator: ";") }) {
        let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2, !pair[1].contains("=") else { break }
        let junk: Set<Character> = [" ", "'", "\""]
        link[pair[0].trimmed(junk)] = .string(pair[1].trimmed(junk))
      }
      let name = link["rel"] ?? link["url"]
      if case .string(let name)? = name { links[name] = .object(link) }
    }
    return Value(JSONValue.object(links))
  }

  /// Links are parted by a comma before the next `<`.
  private static func splitLinks(_ header: String) -> [Substring] {
    var parts: [Substring] = []
    var start = header.startIndex
    var index = header.startIndex
    while index < header.endIndex {
      if header[index] == "," {
        let rest = header[header.index(after: index)...]
        if let next = rest.firstIndex(where: { $0 != " " }), rest[next] == "<" {
          parts.append(header[start..<index])
          start = next
          index = next
        }
      }
      index = header.index(after: index)
    }
    parts.append(header[start...])
    return parts
  }
}

extension Substring {
  fileprivate func trimmed(_ characters: Set<Character>) -> String {
    var text = self
    while let first = text.first, characters.contains(first) { text.removeFirst() }
    while let last = text.last, characters.contains(last) { text.removeLast() }
    return String(text)
  }
}
