import AirbyteProtocol

/// How much an API may send. Each limit that an environment variable moves names it in its error.
package struct TransferLimits: Sendable {
  /// The size of a body that is received completely, unpacked, and of a JSON text within another decoder.
  package var pageBytes = Limit(value: 128 << 20, variable: "AIRBYTE_LOWCODE_MAX_PAGE_BYTES")
  /// The size to which the body of an error is cut.
  package var errorBytes = Limit(value: 1 << 20, variable: "AIRBYTE_LOWCODE_MAX_ERROR_BYTES")
  /// The text of one record where a body is read in parts: a line, a row, an item.
  package var recordBytes = Limit(value: 32 << 20, variable: "AIRBYTE_LOWCODE_MAX_RECORD_BYTES")
  /// An XML text, and the memory that its content takes.
  package var xmlBytes = Limit(value: 96 << 20, variable: "AIRBYTE_LOWCODE_MAX_XML_BYTES")
  /// The size of what comes out of compressed data.
  package var inflatedBytes = Limit(value: 64 << 30, variable: "AIRBYTE_LOWCODE_MAX_INFLATED_BYTES")
  /// The factor by which compressed data or an archive may grow when unpacked. Deflate cannot exceed 1032, but the files of an
  /// archive may be listed twice.
  package var inflationRatio = Limit(value: 1_000, variable: "AIRBYTE_LOWCODE_MAX_INFLATION_RATIO")
  /// The memory of all large bodies that are held at a time, with their indexes.
  package var memoryBytes = Limit(value: 352 << 20, variable: "AIRBYTE_LOWCODE_MAX_RESPONSE_MEMORY")
  /// The size of the heads of one response, interim ones included; libcurl gives up a little later.
  package var headBytes = 256 * 1024
  /// How long a response's head may take.
  package var headSeconds = 900.0

  /// As much may come out of compressed data before its ratio counts.
  package static let uncheckedInflation = 16 << 20

  package init() {}

  /// The limits as the environment changes them.
  /// - Throws: ``ConnectorError`` for a variable that cannot be read.
  package init(_ environment: [String: String]) throws(ConnectorError) {
    try pageBytes.read(environment)
    try errorBytes.read(environment)
    try recordBytes.read(environment)
    try xmlBytes.read(environment)
    try inflatedBytes.read(environment)
    try inflationRatio.read(environment)
    try memoryBytes.read(environment)
  }
}
