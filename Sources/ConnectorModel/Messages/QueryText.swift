import JSON

/// The fields of a query, as they are written.
package struct QueryText: Sendable {
  package struct Field: Sendable {
    /// The field as it is in the query.
    package let text: Substring
    /// Decoded.
    package let name: String
    /// Decoded; nil if there is no equals sign.
    package let value: String?
  }

  package let fields: [Field]

  package init(_ query: some StringProtocol) {
    fields = Substring(query).split(separator: "&").map { text in
      guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
        return Field(text: text, name: PercentEncoding.decoded(field: text), value: nil)
      }
      return Field(
        text: text, name: PercentEncoding.decoded(field: text[..<mark]),
        value: PercentEncoding.decoded(field: Substring(text.utf8[mark...].dropFirst())))
    }
  }

  /// Whether there is a field of that name, with a value or without.
  package func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

  /// The first value of a field that is not empty, as Python's `parse_qs` reads them.
  package func firstValue(of name: String) -> String? { fields.first { $0.name == name && $0.value?.isEmpty == false }?.value }

  /// The last value of a field that is not empty.
  package func lastValue(of name: String) -> String? { fields.last { $0.name == name && $0.value?.isEmpty == false }?.value }

  /// The query without the fields of some names.
  package func removing(_ names: Set<String>) -> String {
    fields.filter { !names.contains($0.name) }.map(\.text).joined(separator: "&")
  }
}
