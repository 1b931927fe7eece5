import AirbyteProtocol
import ConnectorModel
import JSON

/// Reads one JSON text within another decoder: a list gives its elements, and what is not JSON is an error.
struct JsonDocumentDecoder: PartwiseDecoder {
  private let limit: Limit

  init(in scope: BuildScope) throws { limit = try TransferLimits(scope.runtime.environment).pageBytes }

  var allowsPaginationWhenNested: Bool { true }

  func parser(charset: String?) throws -> any BodyParser { try TextParser(Parser(limit), charset: charset) }

  private final class Parser: BodyParser {
    private let limit: Limit
    private var text = JSONReception()
    private var count = 0

    init(_ limit: Limit) { self.limit = limit }

    /// Its elements are passed on at once.
    var heldBytes: Int { text.heldBytes }

    func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
      text.append(bytes)
      count += bytes.count
      guard count <= limit.value else { throw ConnectorError(.system, "The JSON text of the response has \(limit.excess)") }
    }

    func finish(into values: inout ParsedValues) throws {
      var whole = JSONReception()
      swap(&text, &whole)
      let (bytes, document) = whole.finish()
      let root: JSONView
      do throws(JSONError) {
        if let document { root = document.root } else { root = try JSONDocument(parsing: bytes).root }
      } catch {
        if error.isCutOff { throw TransportError.cutOff("its JSON text ends in the middle (\(error))") }
        throw ConnectorError(.system, "The response is not JSON: \(error)")
      }
      if root.isNull { throw ConnectorError(.system, "The response is null, where a JSON object or list is expected") }
      values.append(root.kind == .array ? root.elements : [root])
    }
  }
}
