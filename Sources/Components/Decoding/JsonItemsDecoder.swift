import AirbyteProtocol
import ConnectorModel
import JSON

/// Reads the elements of one array in a JSON text, wherever it is, without holding the text.
struct JsonItemsDecoder: Component, PartwiseDecoder {
  private let path: String
  /// The encoding that the manifest asks for.
  private let encoding: String?
  private let limit: Limit

  init(from node: ComponentNode, in scope: BuildScope) throws {
    path = try node.string("items_path")
    encoding = try node.optionalString("encoding")
    limit = try TransferLimits(scope.runtime.environment).recordBytes
  }

  func parser(charset: String?) throws -> any BodyParser {
    guard !path.isEmpty else { throw ConnectorError(.system, "`items_path` of `JsonItemsDecoder` should not be empty") }
    return try TextParser(JSONItemsParser(path: path, limit: limit), manifest: encoding, charset: charset)
  }
}
