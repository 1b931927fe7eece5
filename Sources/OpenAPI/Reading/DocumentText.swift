import JSON
import Manifest
import YAML

/// Reads one file of a document: YAML or JSON.
enum DocumentText {
  /// Real documents have up to 12 MB and half a million values.
  private static let limits: YAMLLimits = {
    var limits = YAMLLimits()
    limits.maximumBytes = 64 << 20
    limits.maximumValues = 4_000_000
    limits.maximumDepth = 500
    return limits
  }()

  /// The most bytes that a file may have.
  static var maximumBytes: Int { limits.maximumBytes }

  /// - Parameter name: what places call the file.
  /// - Throws: ``ManifestError`` for text that is neither.
  static func read(_ bytes: [UInt8], name: String) throws(ManifestError) -> ManifestValue {
    do {
      return try value(try YAMLDocument(parsing: bytes, file: name, limits: limits).root)
    } catch let error as YAMLError {
      // JSON has escapes that YAML lacks, such as those of characters beyond 16 bits.
      if let first = bytes.first(where: { !" \t\r\n\u{FEFF}".utf8.contains($0) }), first == UInt8(ascii: "{"),
        let json = try? JSONValue(parsing: bytes)
      {
        return ManifestValue(json: json)
      }
      throw ManifestError(Diagnostic(error))
    } catch let error as ManifestError {
      throw error
    } catch {
      throw ManifestError(Diagnostic(.error, rule: "openapi", "\(name) cannot be read: \(error)"))
    }
  }

  private static func value(_ node: YAMLNode) throws -> ManifestValue {
    let content: ManifestValue.Content
    switch node.content {
    case .null: content = .null
    case .bool(let flag): content = word(node).map { .string($0) } ?? .bool(flag)
    case .int(let number): content = .int(number)
    case .bigInt(let digits): content = .number(digits)
    case .double(let number): content = .double(number)
    case .string(let text): content = .string(text)
    case .timestamp(let timestamp): content = .timestamp(timestamp)
    case .sequence(let nodes), .set(let nodes): content = .sequence(try nodes.map(value))
    case .mapping(let entries), .pairs(let entries):
      content = .mapping(
        ManifestMapping(
          try entries.map { ManifestEntry(key: key($0.key), keyMark: $0.key.mark, value: try value($0.value)) }))
    case .binary:
      throw ManifestError(
        Diagnostic(.error, rule: "openapi", "binary data has no place in an OpenAPI document", at: node.mark))
    }
    return ManifestValue(content, mark: node.mark)
  }

  private static func key(_ node: YAMLNode) -> String {
    switch node.content {
    case .string(let text): text
    case .null: "null"
    case .bool(let flag): word(node) ?? (flag ? "true" : "false")
    case .int(let number): String(number)
    case .bigInt(let digits): digits
    case .double(let number): String(number)
    case .timestamp(let timestamp): timestamp.isoText
    case .binary, .sequence, .mapping, .set, .pairs: ""
    }
  }

  /// The words `yes`, `no`, `on` and `off`: booleans in YAML 1.1, texts in YAML 1.2, which OpenAPI builds on.
  private static func word(_ node: YAMLNode) -> String? {
    guard let text = node.mark.file.text(line: node.mark.line, from: node.mark.column, count: 5) else { return nil }
    let word = String(text.prefix { $0.isLetter })
    return ["yes", "no", "on", "off"].contains(word.lowercased()) ? word : nil
  }
}
