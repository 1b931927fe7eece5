import CExpat
import ConnectorModel
import JSON

/// Why an XML text cannot be read.
package struct XMLError: Error, CustomStringConvertible {
  package enum Kind: Equatable {
    /// It is something other than XML, or broken.
    case malformed
    /// It ends before its last element is closed.
    case cutOff
    /// It is more than the limits allow.
    case tooMuch
  }

  package let kind: Kind
  package let reason: String
  package let line: Int

  package var description: String { "\(reason) at line \(line)" }
}

/// Reads XML with expat, as Python's `xmltodict` does.
///
/// Names stay as they are written (namespaces mean nothing) and nothing is fetched. Entities that the text declares are left out of
/// texts and kept in attributes, as in `xmltodict`; expat refuses those that would multiply.
package final class XMLParsing {
  /// The deepest nesting of elements that is read: JSON cannot be nested deeper.
  package static let maximumDepth = 1000
  /// As much is given to expat at a time: its counts have 32 bits.
  private static let pieceSize = 1 << 30

  private var tree = XMLTree()
  private let limit: Limit
  private var failure: String?
  private var hasElements = false
  private let parser: XML_Parser

  /// The text as JSON: the root element by its name.
  /// - Parameters:
  ///   - text: UTF-8, whatever its declaration says.
  ///   - start: where the text begins in it.
  ///   - limit: how much memory its content may take.
  package static func json(_ text: JSONBytes, from start: Int, limit: Limit) throws(XMLError) -> JSONBytes {
    guard let parser = XML_ParserCreate("UTF-8") else {
      throw XMLError(kind: .tooMuch, reason: "expat cannot be started, because there is no memory", line: 1)
    }
    let parsing = XMLParsing(parser, limit)
    defer { XML_ParserFree(parser) }
    if let error = text.withUnsafeBytes({ parsing.parse(UnsafeRawBufferPointer(rebasing: $0[start...])) }) { throw error }
    return parsing.tree.json()
  }

  private init(_ parser: XML_Parser, _ limit: Limit) {
    self.parser = parser
    self.limit = limit
    // The parser lives no longer than this object, and calls it from within `XML_Parse` alone.
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser, { XMLParsing.of($0)?.begin($1, $2) }, { context, _ in XMLParsing.of(context)?.tree.end() })
    XML_SetCharacterDataHandler(parser) { XMLParsing.of($0)?.add($1, $2) }
    // Entities are expanded in texts only where this is not set.
    XML_SetDefaultHandler(parser) { _, _, _ in }
    XML_SetExternalEntityRefHandler(parser) { _, _, _, _, _ in 1 }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> XMLParsing? {
    context.map { Unmanaged<XMLParsing>.fromOpaque($0).takeUnretainedValue() }
  }

  private func parse(_ text: UnsafeRawBufferPointer) -> XMLError? {
    var from = 0
    repeat {
      let count = min(text.count - from, Self.pieceSize)
      let start = text.baseAddress.map { ($0 + from).assumingMemoryBound(to: CChar.self) }
      from += count
      guard XML_Parse(parser, start, Int32(count), from == text.count ? 1 : 0) == XML_STATUS_OK else {
        return error(in: text)
      }
    } while from < text.count
    return nil
  }

  private func error(in text: UnsafeRawBufferPointer) -> XMLError {
    let line = Int(XML_GetCurrentLineNumber(parser))
    if let failure { return XMLError(kind: .tooMuch, reason: failure, line: line) }
    let code = XML_GetErrorCode(parser)
    let reason = XML_ErrorString(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
    switch code {
    case XML_ERROR_AMPLIFICATION_LIMIT_BREACH:
      return XMLError(kind: .tooMuch, reason: "its entities multiply to far more than was received", line: line)
    case XML_ERROR_NO_MEMORY: return XMLError(kind: .tooMuch, reason: reason, line: line)
    case XML_ERROR_NO_ELEMENTS, XML_ERROR_UNCLOSED_TOKEN, XML_ERROR_UNCLOSED_CDATA_SECTION, XML_ERROR_PARTIAL_CHAR:
      let isBegun = hasElements || text.first { !Self.isBlank($0) } == UInt8(ascii: "<")
      return XMLError(kind: isBegun ? .cutOff : .malformed, reason: isBegun ? "it ends too early" : reason, line: line)
    default: return XMLError(kind: .malformed, reason: reason, line: line)
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  // MARK: - What expat calls

  private func begin(_ name: UnsafePointer<CChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
    guard let name, failure == nil else { return }
    hasElements = true
    guard tree.depth < Self.maximumDepth else {
      return stop("its elements are nested more than \(Self.maximumDepth) deep")
    }
    tree.begin(name)
    guard var pair = attributes else { return checkSize() }
    while let key = pair[0], let value = pair[1] {
      tree.addAttribute(key, value)
      checkSize()
      if failure != nil { return }
      pair += 2
    }
    checkSize()
  }

  private func add(_ text: UnsafePointer<CChar>?, _ count: Int32) {
    guard failure == nil else { return }
    tree.addText(UnsafeRawBufferPointer(start: text, count: Int(count)))
    checkSize()
  }

  private func checkSize() {
    if tree.footprint > limit.value { stop("its content takes \(limit.excess)") }
  }

  private func stop(_ reason: String) {
    failure = reason
    XML_StopParser(parser, XML_Bool(0))
  }
}
