import Engine
import JSON
import Synchronization

/// Keeps the lines of a run.
final class CollectedLines: LineOutput {
  private let bytes = Mutex<[UInt8]>([])

  func write(_ lines: UnsafeRawBufferPointer) throws { bytes.withLock { $0.append(contentsOf: lines) } }

  /// - Throws: ``JSONError`` for a line that is not JSON.
  func messages() throws -> [JSONValue] {
    try bytes.withLock { $0 }.split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
  }
}
