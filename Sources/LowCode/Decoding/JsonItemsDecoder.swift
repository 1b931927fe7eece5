import Foundation
import JSON

/// Reads the elements of one array in a JSON text, wherever it is, without holding the text.
struct JsonItemsDecoder: Component, PartwiseDecoder {
  private let path: String
  private let encoding: String

  init(from node: ComponentNode, in context: BuildContext) throws {
    path = try node.string("items_path")
    encoding = try node.optionalString("encoding") ?? "utf-8"
  }

  func parser() throws -> any BodyParser {
    guard !path.isEmpty else { throw ConnectorError(.system, "`items_path` of `JsonItemsDecoder` should not be empty.") }
    let items = JSONItemsParser(path: path)
    let transcoder = try TextTranscoder(encoding: encoding)
    return transcoder.isIdentity ? items : TranscodingParser(transcoder, items)
  }
}
