import AirbyteProtocol
import Foundation
import JSON

/// Reads a body of XML as an object of the shape that Python's `xmltodict` gives it.
struct XmlDecoder: Component, Decoder {
  private let streamName: String
  private let log: any LogSink

  init(from node: ComponentNode, in context: BuildContext) throws {
    streamName = context.streamName
    log = context.runtime.log
  }

  var allowsPagination: Bool { true }

  /// A body that is not XML counts as an empty object, as with the reference; it is told in a warning.
  func decode(_ response: HTTPResponse) throws -> DecodedBody {
    do {
      var parser = XMLParsing(Array(response.text.utf8))
      let object = try parser.object()
      var writer = JSONWriter(capacity: response.body.count)
      writer.write(.object(object))
      return .one(try JSONDocument(parsing: writer.finish()).root)
    } catch {
      log.log(
        .warn,
        "Stream \(streamName): the response of \(response.url) is not XML (\(error)), so it counts as a page without records. "
          + "It begins with: \(response.text.prefix(120))")
      return .one(.emptyObject)
    }
  }
}

extension HTTPResponse {
  /// The body as text, decoded as Python's `requests` does: by the charset of its content type, as Latin-1 where that is another
  /// kind of text, else as UTF-8 where it is that. What is no character becomes U+FFFD.
  var text: String {
    let type = (header("Content-Type") ?? "").lowercased()
    let charset = type.split(separator: ";").dropFirst().lazy
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .first { $0.hasPrefix("charset=") }
      .map { $0.dropFirst("charset=".count).trimmingCharacters(in: CharacterSet(charactersIn: "'\" ")) }
    if let charset { return decoded(charset) ?? String(decoding: body, as: UTF8.self) }
    if type.contains("text") { return decoded("latin-1") ?? "" }
    if type.contains("application/json") { return String(decoding: body, as: UTF8.self) }
    return String(validating: body, as: UTF8.self) ?? decoded("cp1252") ?? ""
  }

  private func decoded(_ encoding: String) -> String? {
    guard let transcoder = try? TextTranscoder(encoding: encoding, replacesInvalid: true) else { return nil }
    var out = ByteBuffer(capacity: body.count * 2)
    guard (try? body.withUnsafeBytes { try transcoder.transcode($0, to: &out) }) != nil else { return nil }
    return out.string
  }
}
