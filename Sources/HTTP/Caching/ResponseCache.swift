import Bytes
import Concurrency
import ConnectorModel
import Essentials
import JSON
import Synchronization

/// The responses that streams of one run share: a parent's pages are fetched once, however many children ask for them.
///
/// As the reference's: only status 200, only GET and HEAD, never outdated. Identical requests at the same time are sent once. What
/// does not fit into memory is in a temporary file without a name.
package final class ResponseCache: Sendable {
  /// What makes two requests the same; a digest, as there may be very many.
  package struct Key: Hashable, Sendable {
    fileprivate let words: SIMD4<UInt64>
  }

  private enum Place {
    case memory(Data)
    case file(offset: Int, count: Int)
  }

  private struct Store {
    var places: [Key: Place] = [:]
    var bytes = 0
    var file: TemporaryFile?
    /// Whether the temporary file could not be made or written: nothing more is kept then.
    var isFull = false
    var gates: [Key: (gate: AsyncMutex, users: Int)] = [:]
  }

  private let store = Mutex(Store())
  private let memoryLimit: Int
  private let folder: String?

  /// - Parameters:
  ///   - memoryLimit: how many bytes are held in memory.
  ///   - folder: where the temporary file is made; the system's folder for such files if it is nil.
  package init(memoryLimit: Int = 32 << 20, folder: String? = nil) {
    self.memoryLimit = memoryLimit
    self.folder = folder
  }

  /// The response to the request of `key`: a kept one, else what `fetch` gives, which is kept if its status is 200.
  package func response(
    for key: Key, fetch: () async throws -> HTTPResponse
  ) async throws -> (response: HTTPResponse, isKept: Bool) {
    if let kept = kept(key) { return (kept, true) }
    let gate = store.withLock { store in
      let gate = store.gates[key]?.gate ?? AsyncMutex()
      store.gates[key] = (gate, (store.gates[key]?.users ?? 0) + 1)
      return gate
    }
    defer {
      store.withLock { store in
        guard let entry = store.gates[key] else { return }
        store.gates[key] = entry.users > 1 ? (entry.gate, entry.users - 1) : nil
      }
    }
    // Not by `pass` and a closure: optimised code of Swift 6.3.1 gave back the task's memory in the wrong order then.
    try await gate.wait(for: ())
    defer { gate.signal(()) }
    if let kept = kept(key) { return (kept, true) }
    let response = try await fetch()
    if response.status == 200, response.header("Vary") != "*", !response.isCutOff { keep(response, key) }
    return (response, false)
  }

  private func kept(_ key: Key) -> HTTPResponse? {
    let found: (place: Place, file: TemporaryFile?)? = store.withLock { store in store.places[key].map { ($0, store.file) } }
    switch found?.place {
    case .memory(let data)?: return PackedResponse.unpack(data)
    case .file(let offset, let count)?:
      guard let data = try? found?.file?.read(at: offset, count: count), data.count == count else { return nil }
      return PackedResponse.unpack(data)
    case nil: return nil
    }
  }

  private func keep(_ response: HTTPResponse, _ key: Key) {
    let packed = PackedResponse.pack(response)
    store.withLock { store in
      guard store.bytes + packed.count > memoryLimit else {
        store.places[key] = .memory(packed)
        store.bytes += packed.count
        return
      }
      guard !store.isFull else { return }
      do throws(ConnectorError) {
        let file: TemporaryFile
        if let made = store.file { file = made } else { file = try TemporaryFile(folder: folder) }
        store.file = file
        let offset = file.size
        try file.append(packed)
        store.places[key] = .file(offset: offset, count: packed.count)
      } catch {
        store.isFull = true
      }
    }
  }
}

extension ResponseCache.Key {
  /// Names of headers and query parameters that carry credentials: a renewed token does not make another request.
  package struct Credentials: Sendable {
    package var headers: Set<String> = []
    package var parameters: Set<String> = []
    /// Tells requests with different credentials apart.
    package var scope = ""

    package init(headers: Set<String> = [], parameters: Set<String> = [], scope: String = "") {
      self.headers = headers
      self.parameters = parameters
      self.scope = scope
    }
  }

  /// Nil if the response to `request` must not be kept: another method than GET and HEAD, or a header that forbids it.
  package init?(_ request: HTTPRequest, credentials: Credentials) {
    guard request.method == "GET" || request.method == "HEAD" else { return nil }
    if let control = request.header("Cache-Control")?.lowercased(), control.contains("no-store") || control.contains("no-cache") {
      return nil
    }
    var parts = [credentials.scope, request.method, Self.url(request.url, without: credentials.parameters)]
    let ignored = Set(credentials.headers.map { $0.lowercased() })
    parts += request.headers.map { (name: $0.name.lowercased(), value: $0.value) }
      .filter { !ignored.contains($0.name) }
      .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
      .map { "\($0.name)=\($0.value)" }
    let hash = MessageDigest(.sha256)
    for part in parts { Self.update(hash, Array(part.utf8)) }
    Self.update(hash, request.body ?? [])
    words = hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
  }

  /// With its length, so that no two lists of parts give the same bytes.
  private static func update(_ hash: MessageDigest, _ part: [UInt8]) {
    hash.update("\(part.count):")
    hash.update(part)
  }

  /// The URL with its query in the order of names.
  private static func url(_ url: String, without names: Set<String>) -> String {
    var parts = RequestURL(url)
    guard let query = parts.query else { return url }
    parts.query = Substring(
      QueryText(query).fields.filter { !names.contains($0.name) }.map(\.text).sorted().joined(separator: "&"))
    return parts.description
  }
}
