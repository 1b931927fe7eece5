import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON

/// Reads a body of XML as an object of the shape that Python's `xmltodict` gives it.
struct XmlDecoder: Component, Decoder {
  private let omissions: OmissionLog
  private let limit: Limit

  init(from node: ComponentNode, in scope: BuildScope) throws {
    omissions = OmissionLog("responses are not XML, so they count as pages without records.", in: scope)
    limit = try TransferLimits(scope.runtime.environment).xmlBytes
  }

  var allowsPagination: Bool { true }

  /// A body that is not XML counts as an empty object, as in the reference; a warning says so.
  /// - Throws: ``TransportError`` if it ends in the middle, ``ConnectorError`` where it is too much.
  func decode(_ response: HTTPResponse) throws -> DecodedBody {
    guard response.body.count <= limit.value else { throw tooMuch(response, "it has \(limit.excess)") }
    let json: JSONBytes
    do throws(XMLError) {
      let (text, start) = TextEncoding.xml(response)
      json = try XMLParsing.json(text, from: start, limit: limit)
    } catch {
      switch error.kind {
      case .cutOff: throw TransportError.cutOff("its XML text ends in the middle (line \(error.line))", of: response)
      case .tooMuch: throw tooMuch(response, "\(error)")
      case .malformed:
        omissions.add {
          "the response of \(response.url) is not XML (\(error)), so it counts as a page without records. "
            + "It begins with: \(omissions.excerpt(of: response.body))"
        }
        return .one(.emptyObject)
      }
    }
    return .one(try JSONDocument(parsing: json).root)
  }

  private func tooMuch(_ response: HTTPResponse, _ reason: String) -> ConnectorError {
    ConnectorError(.system, "The XML response of \(response.url) cannot be read: \(reason)")
  }
}
