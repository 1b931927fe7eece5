/// The generated source.
enum SwiftSource {
  static func text(holding json: String) -> String {
    let hashes = String(repeating: "#", count: longestRunOfHashesAfterQuote(in: json) + 1)
    return """
      // Generated from schemas/declarative_component_schema.yaml; changes are made there.

      /// The component schema that belongs to this version.
      enum BundledSchema {
        /// The schema as one compact JSON text.
        static let text: StaticString = \(hashes)"\(json)"\(hashes)
      }

      """
  }

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
