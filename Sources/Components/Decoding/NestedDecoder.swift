import AirbyteProtocol
import ConnectorModel
import Essentials
import HTTP
import Manifest
import Synchronization

/// The decoder within another one.
enum NestedDecoder: Sendable {
  /// One that reads a body in parts as they are unpacked.
  case partwise(any PartwiseDecoder)
  /// One that gets a response whose body is what was unpacked: a decoder of an application, or one that has such a decoder within it.
  case ofResponses(any Decoder)

  /// - Throws: ``ConnectorError`` for a decoder that is not allowed there.
  init(_ node: ManifestNode, in scope: BuildScope) throws {
    // As the reference: JSON within another decoder has no mercy with a broken text.
    if node["type"]?.string == JsonDecoder.typeName {
      self = .partwise(try JsonDocumentDecoder(in: scope))
      return
    }
    let decoder: any Decoder = try scope.build(node)
    if let nestable = decoder as? any NestableDecoder, let nested = nestable.nested {
      self = nested
    } else if node["class_name"] != nil {
      self = .ofResponses(decoder)
    } else {
      throw ConnectorError(.system, "`\(type(of: decoder))` is not allowed inside another decoder", at: node)
    }
  }

  /// Whether a `DefaultPaginator` may stand beside the decoder around it.
  var allowsPagination: Bool {
    switch self {
    case .partwise(let decoder): decoder.allowsPaginationWhenNested
    case .ofResponses(let decoder): decoder.allowsPagination
    }
  }
}

/// A decoder that may stand within another one.
protocol NestableDecoder: Decoder {
  /// How the decoder around it uses it; nil if it may not stand there.
  var nested: NestedDecoder? { get }
}

/// The body of a response while it is unpacked, part by part.
final class UnpackedBody: BodySource {
  private let unpack: @Sendable () async throws -> Data?
  private let kept = Mutex<(any Error)?>(nil)

  /// - Parameter unpack: gives the next part; nil at the end.
  init(_ unpack: @escaping @Sendable () async throws -> Data?) { self.unpack = unpack }

  func next() async throws(TransportError) -> Data? {
    do { return try await unpack() } catch {
      kept.withLock { $0 = error }
      throw error as? TransportError ?? TransportError(.other, "\(error)")
    }
  }

  /// Lets a decoder read a response with this body.
  /// - Throws: why it could not be unpacked, or what the decoder throws.
  func read(of response: HTTPResponse, by decoder: any Decoder, _ batch: (DecodedBody) async throws -> Bool) async throws {
    do { try await decoder.decode(response.with(.streaming(self)), batch) } catch { throw kept.withLock { $0 } ?? error }
  }
}
