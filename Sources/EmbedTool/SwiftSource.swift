/// The generated source.
enum SwiftSource {
  static func text(holding json: String, _ facts: [FactTables.Table]) -> String {
    let hashes = String(repeating: "#", count: longestRunOfHashesAfterQuote(in: json) + 1)
    return """
      // Generated from schemas/declarative_component_schema.yaml; changes are made there.

      /// The component schema that belongs to this version.
      enum BundledSchema {
        /// The schema as one compact JSON text, without its own keywords.
        static let text: StaticString = \(hashes)"\(json)"\(hashes)
      }

      /// What the schema says by its own keywords, by `Component.property` where nothing else is said.
      enum BundledFacts {
      \(facts.map(table).joined(separator: "\n\n"))
      }

      """
  }

  private static func table(_ table: FactTables.Table) -> String {
    let rows = table.rows.map { "    \($0),\n" }.joined()
    return """
        /// \(table.summary)
        static let \(table.name): \(table.type) = \(rows.isEmpty ? ".init()" : "[\n\(rows)  ]")
      """
  }

  static func literal(_ texts: [String]) -> String { "[\(texts.map { literal($0) }.joined(separator: ", "))]" }

  static func literal(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      escaped += scalar.isASCII && scalar.value >= 0x20 && scalar != "\"" && scalar != "\\" ? String(scalar) : escape(scalar)
    }
    return "\"\(escaped)\""
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String { "\\u{\(String(scalar.value, radix: 16))}" }

  /// A raw literal ends at a quote with as many hashes as it began with, so it has to begin with more than the text has.
  private static func longestRunOfHashesAfterQuote(in text: String) -> Int {
    var longest = 0
    var run: Int?
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): run = 0
      case UInt8(ascii: "#"): run = run.map { $0 + 1 }
      default: run = nil
      }
      longest = max(longest, run ?? 0)
    }
    return longest
  }
}
