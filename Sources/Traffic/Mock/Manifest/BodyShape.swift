import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Where a manifest looks for records in a body, and how bodies are written.
struct BodyShape: Sendable {
  /// Keys that lead to the records; `*` is any member.
  let path: [String]
  /// The field of a record that has a list of the real records in it.
  private let expansion: [String]
  private let decoder: ManifestNode?
  /// Whether the extractor reads CSV itself, whatever the decoder is.
  private let isFile: Bool

  init(extractor: ManifestNode?, decoder: ManifestNode?, config: TemplateConfig) {
    var extractor = extractor
    while let first = extractor?["extractors"]?.sequence?.first { extractor = first }
    let context = EvaluationContext(config: config)
    func keys(_ node: ManifestNode?, _ property: String) -> [String] {
      let parameters = node?["$parameters"]?.value.object ?? [:]
      return (node?[property]?.sequence ?? []).compactMap { key in
        if let number = key.int { return String(number) }
        return try? InterpolatedString(key, parameters: parameters).string(context)
      }
    }
    path = keys(extractor, "field_path").filter { $0 != "**" }
    expansion = keys(extractor?["record_expander"], "expand_records_from_field").filter { $0 != "**" }
    self.decoder = decoder
    isFile = extractor?["type"]?.string == "ResponseToFileExtractor"
  }

  /// Whether the records are the body itself.
  var isWholeBody: Bool { path.isEmpty }

  /// A body with records in their place.
  /// - Parameter isSingle: whether the body is the one record that there is.
  func body(of records: [JSONValue], isSingle: Bool) -> JSONValue {
    var content = JSONValue.array(records)
    if !expansion.isEmpty {
      var container = records.first ?? .object([:])
      container.place(.array(records), at: expansion)
      content = .array([container])
    }
    guard !path.isEmpty else { return isSingle ? records.first ?? .object([:]) : content }
    var body = JSONValue.object([:])
    guard let star = path.firstIndex(of: "*") else {
      body.place(content, at: path)
      return body
    }
    // Each record is within an element of a list.
    let inner = path[star...].dropFirst()
    let elements = (content.array ?? []).map { record in
      var element = JSONValue.object([:])
      element.place(record, at: inner)
      return element
    }
    guard star > path.startIndex else {
      // A decoder takes the elements of a list that is a whole body apart, so that they are the members of an object here.
      return .object(JSONObject(elements.enumerated().map { ("item\($0.offset + 1)", $0.element) }, uniquingKeysWith: { $1 }))
    }
    body.place(.array(elements), at: path[..<star])
    return body
  }

  // MARK: Bytes

  /// The bytes that the manifest's decoder reads as `body`.
  func encoded(_ body: JSONValue) -> (bytes: [UInt8], type: String) {
    isFile ? (Array(Self.csv(body.array ?? [body], ",").utf8), "text/csv") : Self.encoded(body, decoder)
  }

  private static func encoded(_ body: JSONValue, _ decoder: ManifestNode?) -> (bytes: [UInt8], type: String) {
    let rows = body.array ?? [body]
    switch decoder?["type"]?.string {
    case "JsonlDecoder"?:
      return (Array(rows.map { $0.jsonText + "\n" }.joined().utf8), "application/x-ndjson")
    case "IterableDecoder"?:
      let lines = rows.map { $0["record"]?.string ?? $0.jsonText }
      return (Array(lines.map { $0 + "\n" }.joined().utf8), "text/plain")
    case "CsvDecoder"?:
      let delimiter = decoder?["delimiter"]?.string.flatMap { $0 == "\\t" ? "\t" : $0.first } ?? ","
      return (Array(csv(rows, delimiter).utf8), "text/csv")
    case "XmlDecoder"?: return (Array(xml(body).utf8), "application/xml")
    case "GzipDecoder"?:
      return (Packing.gzip(encoded(body, inner(of: decoder)).bytes), "application/gzip")
    case "ZipfileDecoder"?:
      let inner = encoded(body, inner(of: decoder))
      return (Packing.zip(named: "records", inner.bytes), "application/zip")
    default: return (Array(body.jsonText.utf8), "application/json")
    }
  }

  private static func inner(of decoder: ManifestNode?) -> ManifestNode? {
    decoder?["decoder"] ?? decoder?["parser"] ?? decoder?["inner_parser"]
  }

  private static func csv(_ rows: [JSONValue], _ delimiter: Character) -> String {
    var columns: [String] = []
    for row in rows {
      for name in row.object?.keys ?? [] where !columns.contains(name) { columns.append(name) }
    }
    func cell(_ value: JSONValue?) -> String {
      guard let value, !value.isNull else { return "" }
      let text = value.string ?? value.jsonText
      guard text.contains(where: { $0 == delimiter || $0 == "\"" || $0.isNewline }) else { return text }
      return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
    func line(_ cells: [String]) -> String { cells.joined(separator: String(delimiter)) + "\n" }
    return line(columns.map { cell(.string($0)) }) + rows.map { row in line(columns.map { cell(row[$0]) }) }.joined()
  }

  /// An XML document that reads as `body` in the shape of Python's `xmltodict`.
  private static func xml(_ body: JSONValue) -> String {
    func escaped(_ text: String) -> String {
      text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
    func element(_ name: String, _ value: JSONValue) -> String {
      switch value {
      case .array(let elements): return elements.map { element(name, $0) }.joined()
      case .object(let members):
        var (attributes, inner) = ("", "")
        for (key, value) in members {
          if key.hasPrefix("@") {
            attributes += " \(key.dropFirst())=\"\(escaped(value.string ?? value.jsonText))\""
          } else if key == "#text" {
            inner += escaped(value.string ?? value.jsonText)
          } else {
            inner += element(key, value)
          }
        }
        return "<\(name)\(attributes)>\(inner)</\(name)>"
      case .null: return "<\(name)/>"
      default: return "<\(name)>\(escaped(value.string ?? value.jsonText))</\(name)>"
      }
    }
    var root = body
    if root.array != nil { root = .object(["item": root]) }
    // A document has one root.
    if root.count != 1 || root.object?.values.first?.array != nil { root = .object(["root": root]) }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + (root.object ?? [:]).map { element($0.key, $0.value) }.joined()
  }
}
