import Foundation
import JSON

/// Reads one JSON text within another decoder: a list gives its elements, and what is not JSON is an error.
struct JsonDocumentDecoder: PartwiseDecoder {
  func parser() -> any BodyParser { Parser() }

  private final class Parser: BodyParser {
    private var text = ByteBuffer()

    func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) { text.append(bytes) }

    func finish(into values: inout ParsedValues) throws {
      var whole = ByteBuffer()
      swap(&text, &whole)
      let root: JSONView
      do throws(JSONError) {
        root = try JSONDocument(parsing: whole.freeze()).root
      } catch {
        throw ConnectorError(.system, "The response is not JSON: \(error).")
      }
      if root.isNull { throw ConnectorError(.system, "The response is null, where a JSON object or list is expected.") }
      values.append(root.kind == .array ? root.elements : [root])
    }
  }
}
