import AirbyteProtocol

/// How large the pieces of a body may be that have to be in memory as a whole.
package struct DecodingLimits: Sendable {
  /// The text of one record: a line, a row, an item.
  package var recordBytes = Limit(value: 32 << 20, variable: "AIRBYTE_LOWCODE_MAX_RECORD_BYTES")
  /// An XML text, and the memory that its content takes.
  package var xmlBytes = Limit(value: 96 << 20, variable: "AIRBYTE_LOWCODE_MAX_XML_BYTES")
  /// How many times its size may come out of an archive. Deflate cannot do more than 1032, but files may be told twice.
  package var inflationRatio = Limit(value: 1_000, variable: "AIRBYTE_LOWCODE_MAX_INFLATION_RATIO")
  /// A JSON text within another decoder.
  package var pageBytes = Limit(value: 128 << 20, variable: "AIRBYTE_LOWCODE_MAX_PAGE_BYTES")

  package init() {}

  /// The limits as the environment changes them.
  /// - Throws: ``ConnectorError`` for a variable that cannot be read.
  package init(_ environment: [String: String]) throws(ConnectorError) {
    try recordBytes.read(environment)
    try xmlBytes.read(environment)
    try inflationRatio.read(environment)
    try pageBytes.read(environment)
  }
}

/// A number that an environment variable can change.
package struct Limit: Sendable, Equatable {
  package var value: Int
  let variable: String

  /// - Throws: ``ConnectorError`` where the variable is something else than a positive number.
  mutating func read(_ environment: [String: String]) throws(ConnectorError) {
    guard let text = environment[variable], !text.isEmpty else { return }
    guard let number = Int(text), number > 0 else {
      throw ConnectorError(.config, "The environment variable \(variable) should be a positive integer, not `\(text)`.")
    }
    value = number
  }

  /// What an error says of something larger.
  var excess: String { "more than \(value) bytes, which \(variable) can change" }
}
