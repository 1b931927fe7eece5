import Components
import Engine
import Foundation
import Validation

/// A manifest in whose text the expected findings stand: `⟦rule⟧` before the place where the rule should find something.
struct MarkedText {
  /// The text without its marks.
  let text: String
  /// `line:column rule`, as in ``found(in:)``.
  let expected: [String]

  init(_ marked: String) {
    var text = ""
    var expected: [String] = []
    var (line, column) = (1, 1)
    var rest = marked[...]
    while let first = rest.first {
      if first == "⟦", let end = rest.firstIndex(of: "⟧") {
        expected.append("\(line):\(column) \(rest[rest.index(after: rest.startIndex)..<end])")
        rest = rest[rest.index(after: end)...]
        continue
      }
      text.append(first)
      rest.removeFirst()
      if first == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    self.text = text
    self.expected = expected.sorted()
  }

  /// The findings of a text in the same form.
  static func found(in report: ManifestReport) -> [String] { places(of: report.findings) }

  static func places(of findings: [Finding]) -> [String] {
    findings.map { finding in
      let mark = finding.diagnostic.mark
      return "\(mark?.line ?? 0):\(mark?.column ?? 0) \(finding.rule)"
    }.sorted()
  }
}

extension ManifestChecker {
  /// Checks a text.
  func check(_ text: String, name: String = "manifest.yaml") async -> ManifestReport {
    await check(.text(Array(text.utf8), name: name), name: name, folder: ".")
  }
}

/// A small manifest without findings, with other lines in some of its places. Each text is one or more whole lines without indent.
func manifest(
  top: String = "", stream: String = "primary_key: id", retriever: String = "", requester: String = "", router: String = "",
  schema: String = "id: {type: integer}", spec: String = "token: {type: string, airbyte_secret: true}",
  specification: String = "",
  names: String = "[items]", url: String = "url: https://api.example.com/items"
) -> String {
  func lines(_ text: String, _ indent: Int) -> String {
    text.isEmpty
      ? "" : text.split(separator: "\n").map { String(repeating: " ", count: indent) + $0 + "\n" }.joined()
  }
  return """
    \(top.isEmpty ? "" : top + "\n")version: 7.39.1
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: \(names)}
    streams:
      - type: DeclarativeStream
        name: items
    \(lines(stream, 4))    retriever:
          type: SimpleRetriever
    \(lines(retriever, 6))      requester:
            type: HttpRequester
    \(lines(url, 8))\(lines(requester, 8))        authenticator: {type: BearerAuthenticator, api_token: "{{ config['token'] }}"}
          record_selector:
            type: RecordSelector
            extractor: {type: DpathExtractor, field_path: [items]}
        schema_loader:
          type: InlineSchemaLoader
          schema:
            type: object
            properties:
    \(lines(schema, 10))spec:
      type: Spec
      connection_specification:
        type: object
    \(lines(specification, 4))    properties:
    \(lines(spec, 6))
    """
}
