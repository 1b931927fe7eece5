#if URLSession
  import ConnectorModel
  import DequeModule
  import Foundation

  /// What was received of a body and not read yet.
  ///
  /// `URLSession` on Linux cannot be held back: a task that is suspended and resumed there sends its request again. So what a slow
  /// reader leaves goes into a file, and memory stays bounded.
  struct ReceivedParts {
    /// As much is kept in memory.
    static let window = 1 << 20
    private static let step = 64 * 1024

    private var parts: Deque<Data> = []
    private var count = 0
    private var file: TemporaryFile?
    /// The bytes in the file that are still to be read.
    private var filed = 0..<0

    var isEmpty: Bool { parts.isEmpty && filed.isEmpty }

    /// Whether the reader is so far behind that nothing more should be received, where that can be arranged.
    var isFull: Bool { count >= Self.window }

    /// - Throws: ``ConnectorError`` if the file cannot be written.
    mutating func append(_ data: Data) throws(ConnectorError) {
      #if canImport(FoundationNetworking)
        if isFull || !filed.isEmpty { return try put(data) }
      #endif
      parts.append(data)
      count += data.count
    }

    /// The next part; nil if nothing is there.
    /// - Throws: ``ConnectorError`` if the file cannot be read.
    mutating func next() throws(ConnectorError) -> Data? {
      if let part = parts.popFirst() {
        count -= part.count
        return part
      }
      guard let file, !filed.isEmpty else { return nil }
      let part = try file.read(at: filed.lowerBound, count: min(Self.step, filed.count))
      filed = (filed.lowerBound + part.count)..<filed.upperBound
      return part
    }

    private mutating func put(_ data: Data) throws(ConnectorError) {
      if file == nil { file = try TemporaryFile() }
      // What was read already may be written over.
      if filed.isEmpty { filed = 0..<0 }
      try file?.put(data, at: filed.upperBound)
      filed = filed.lowerBound..<(filed.upperBound + data.count)
    }
  }
#endif
