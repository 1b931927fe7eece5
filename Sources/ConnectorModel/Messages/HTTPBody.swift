import Essentials
import JSON
import Synchronization

/// The body of a response.
package enum HTTPBody: Sendable {
  /// All of it.
  case received(ReceivedBody)
  /// It is still to come, and can be read once.
  case streaming(any BodySource)

  package var received: ReceivedBody? {
    if case .received(let body) = self { body } else { nil }
  }
}

/// A body that was received completely, which is parsed once, however many components read it.
package final class ReceivedBody: Sendable {
  package let data: Data
  /// The bytes, where they were received for parsing.
  private let bytes: JSONBytes?
  private let parsed: Mutex<Result<JSONDocument, JSONError>?>
  /// What the body takes of the memory for responses, as long as it is there.
  private let room: ResponseRoom?

  package static let empty = ReceivedBody(Data())

  package init(_ data: Data) {
    self.data = data
    bytes = nil
    parsed = Mutex(nil)
    room = nil
  }

  /// A body that is parsed where it is, or was already while it was received.
  package convenience init(_ bytes: JSONBytes, document: JSONDocument? = nil) { self.init(bytes, document: document, room: nil) }

  package init(_ bytes: JSONBytes, document: JSONDocument?, room: ResponseRoom?) {
    self.bytes = bytes
    self.room = room
    data = bytes.data
    parsed = Mutex(document.map { .success($0) })
  }

  /// The body as JSON.
  /// - Parameter charset: the encoding that the response's head names.
  /// - Throws: ``JSONError`` if it is something else.
  package func document(charset: @autoclosure () -> String?) throws(JSONError) -> JSONDocument {
    let result = parsed.withLock { parsed in
      if let parsed { return parsed }
      let text = bytes ?? JSONBytes(data)
      let result: Result<JSONDocument, JSONError>
      do throws(JSONError) {
        result = .success(try JSONDocument(parsing: text, encoding: .detected))
      } catch {
        result = TextEncoding.json(text, charset: charset()) ?? .failure(error)
      }
      parsed = result
      return result
    }
    return try result.get()
  }
}
