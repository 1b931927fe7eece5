import Concurrency
import ConnectorModel

/// What all transfers of a carrier share: limits, connections, and memory for bodies.
struct TransferResources: Sendable {
  let limits: TransferLimits
  let memory: ResponseMemory
  private let connections: AsyncSemaphore<ConnectionRule>

  /// - Parameter count: how many connections there may be at a time; nil for any number.
  init(limits: TransferLimits, connections count: Int?) {
    connections = AsyncSemaphore(ConnectionRule(limit: count ?? .max))
    var limits = limits
    // Growing may take twice as much for a moment.
    if let left = SystemLimits.addressSpaceLeft { limits.memoryBytes.value = min(limits.memoryBytes.value, max(1, left / 3)) }
    self.limits = limits
    memory = ResponseMemory(limits.memoryBytes, page: limits.pageBytes)
  }

  /// Waits for a connection. ``disconnect(_:)`` gives it back.
  func connect(for request: HTTPRequest) async throws(TransportError) -> ConnectionUse {
    if request.receivesInParts, connections.take(.lasting) { return .lasting }
    do { try await connections.wait(for: .brief) } catch { throw TransportError(.other, "The request was cancelled") }
    return .brief
  }

  func disconnect(_ use: ConnectionUse) { connections.signal(use) }

  /// The response with its body in a file: it needs its connection no longer than others.
  func kept(_ response: HTTPResponse) async throws(TransportError) -> HTTPResponse {
    do {
      return try await response.received(into: SpooledBody())
    } catch {
      if let error = error as? TransportError { throw error }
      let kind: TransportError.Kind = SystemLimits.obstacle == nil ? .other : .systemLimit
      throw TransportError(kind, (error as? ConnectorError)?.message ?? "\(error)")
    }
  }

  /// Waits for the memory that a body needs.
  func wait(for size: Int, in room: ResponseRoom, of place: String) async throws(TransportError) {
    do {
      try await room.waitToGrow(to: size)
    } catch is AdmissionRefused {
      throw TransportError.tooMuchMemory(place, size, limits.memoryBytes)
    } catch {
      throw TransportError(.other, "The request to \(place) was cancelled")
    }
  }
}

/// What a connection is needed for.
enum ConnectionUse: Sendable {
  /// A response that is received at once.
  case brief
  /// One whose reader may make other requests meanwhile.
  case lasting
}

/// This many connections at a time; one of them is always for brief use, so that nobody waits forever.
struct ConnectionRule: AdmissionRule {
  let limit: Int
  private var taken = 0

  init(limit: Int) { self.limit = limit }

  mutating func admit(_ use: ConnectionUse) -> Bool {
    guard taken < (use == .brief ? limit : limit - 1) else { return false }
    taken += 1
    return true
  }

  mutating func release(_ use: ConnectionUse) { taken -= 1 }
}
