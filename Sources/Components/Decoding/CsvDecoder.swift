import AirbyteProtocol
import ConnectorModel
import JSON

/// Reads comma-separated values under a line of column names; all values are strings.
struct CsvDecoder: Component, PartwiseDecoder {
  /// The encoding that the manifest asks for.
  private let encoding: String?
  private let delimiter: String
  private let blanks: Set<String>
  private let limit: Limit

  init(from node: ComponentNode, in scope: BuildScope) throws {
    encoding = try node.optionalString("encoding")
    let delimiter = try node.optionalString("delimiter") ?? ","
    self.delimiter = delimiter.isEmpty ? "," : delimiter.hasPrefix("\\") ? PythonEscapes.decoded(delimiter) : delimiter
    blanks = Set(try node.strings("set_values_to_none"))
    limit = try TransferLimits(scope.runtime.environment).recordBytes
  }

  /// - Throws: ``ConnectorError`` for an encoding or a delimiter that does not exist; as the reference, not before a body is there.
  func parser(charset: String?) throws -> any BodyParser {
    guard delimiter.unicodeScalars.count == 1 else {
      throw ConnectorError(.system, "`delimiter` of `CsvDecoder` should be one character, not `\(delimiter)`")
    }
    let rows = CSVParser(delimiter: Array(delimiter.utf8), limit: limit, rows: DictReaderRows(blanks: blanks))
    // A delimiter of several bytes is only found whole in parts that end with a character.
    return try TextParser(rows, manifest: encoding, charset: charset, keepsCharactersWhole: delimiter.utf8.count > 1)
  }
}

/// Python's escapes in string literals, as its `unicode_escape` codec reads them.
enum PythonEscapes {
  static func decoded(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\\", let letter = rest.popFirst() else {
        out.append(scalar)
        continue
      }
      switch letter {
      case "t": out.append("\t")
      case "n": out.append("\n")
      case "r": out.append("\r")
      case "a": out.append("\u{07}")
      case "b": out.append("\u{08}")
      case "f": out.append("\u{0C}")
      case "v": out.append("\u{0B}")
      case "\\", "'", "\"": out.append(letter)
      case "x", "u", "U":
        let digits = String(String.UnicodeScalarView(rest.prefix(letter == "x" ? 2 : letter == "u" ? 4 : 8)))
        if let code = UInt32(digits, radix: 16), let found = UnicodeScalar(code) {
          out.append(found)
          rest = rest.dropFirst(digits.unicodeScalars.count)
        } else {
          out.append(contentsOf: [scalar, letter])
        }
      case "0"..."7":
        var digits = String(letter)
        while digits.count < 3, let next = rest.first, "0"..."7" ~= next {
          digits.unicodeScalars.append(next)
          rest.removeFirst()
        }
        if let found = UInt32(digits, radix: 8).flatMap(UnicodeScalar.init) { out.append(found) }
      default: out.append(contentsOf: [scalar, letter])
      }
    }
    return String(out)
  }
}
