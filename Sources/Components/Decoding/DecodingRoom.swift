import Concurrency
import ConnectorModel

/// What a decoder takes of the memory for responses while it reads a body in parts: it waits where a record is large and others are
/// there.
struct DecodingRoom {
  private let memory: ResponseMemory?
  private let place: String
  private var room: ResponseRoom?

  init(_ response: HTTPResponse) {
    memory = response.memory
    place = RequestURL(response.url).publicText
  }

  /// Waits until this many bytes can be held.
  /// - Throws: ``TransportError`` if there will never be enough.
  mutating func hold(_ size: Int) async throws {
    guard let memory, size > ResponseMemory.small else { return }
    let room = self.room ?? ResponseRoom(memory)
    self.room = room
    do {
      try await room.waitToGrow(to: size)
    } catch is AdmissionRefused {
      throw TransportError.tooMuchMemory(place, size, memory.limit)
    }
  }

  /// What is held is passed on, and does not grow.
  func close() { room?.close() }

  /// What was held is gone.
  mutating func leave() { room = nil }
}
