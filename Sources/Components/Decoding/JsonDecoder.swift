import AirbyteProtocol
import ConnectorModel
import JSON

/// Reads a body that is one JSON text; a list gives its elements.
struct JsonDecoder: Component, Decoder {
  private let omissions: OmissionLog

  init(from node: ComponentNode, in scope: BuildScope) throws { self.init(in: scope) }

  init(in scope: BuildScope) {
    omissions = OmissionLog("responses are not JSON, so they count as pages without records.", in: scope)
  }

  var allowsPagination: Bool { true }

  func checkEnd(_ response: HTTPResponse) throws(TransportError) { try response.checkJSONEnd() }

  /// A body that is not JSON, or empty, counts as an empty object, because users' syncs rely on it; a warning says so.
  /// - Throws: ``TransportError`` if it ends in the middle.
  func decode(_ response: HTTPResponse) throws -> DecodedBody {
    do throws(JSONError) {
      let root = try response.document().root
      guard root.kind == .array else { return .one(root.isNull ? .emptyObject : root) }
      return root.count == 0 ? .one(.emptyObject) : .elements(of: root)
    } catch {
      if error.isCutOff { throw TransportError.cutOff("its JSON text ends in the middle (\(error))", of: response) }
      omissions.add {
        let start = omissions.excerpt(of: response.body)
        return "the response of \(response.url) is not JSON (\(error)), so it counts as a page without records. "
          + (start.isEmpty ? "It is empty." : "It begins with: \(start)")
      }
      return .one(.emptyObject)
    }
  }
}

extension JSONView {
  /// An empty object.
  static let emptyObject: JSONView = {
    // The text is valid, so parsing it cannot fail.
    guard let document = try? JSONDocument(parsing: "{}") else { preconditionFailure("An empty object was not parsed.") }
    return document.root
  }()
}
