import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest
import Synchronization

/// Passes on what a program says beside its results.
struct ProgramLog: Sendable {
  private static let longest = 2_000
  private let runtime: RuntimeEnvironment

  init(_ runtime: RuntimeEnvironment) { self.runtime = runtime }

  /// A line of standard error.
  func errorLine(_ line: String) { runtime.log.log(Self.level(of: line), Self.cut(line)) }

  /// A line of standard output that is not JSON.
  func stray(_ line: UnsafeBufferPointer<UInt8>) {
    let text = String(decoding: line.prefix(4 * Self.longest), as: UTF8.self)
    if !text.allSatisfy(\.isWhitespace) { runtime.log.log(.info, Self.cut(text)) }
  }

  /// A line of standard output that is JSON, but no message of a read: it is shown only to who looks for details.
  func stray(_ message: JSONView) {
    if runtime.log.isDebugging { runtime.log.log(.debug, Self.cut(message.jsonText)) }
  }

  /// The value of a LOG message.
  func message(_ log: JSONView?) {
    guard let log, let text = log["message"]?.string else { return }
    let level = log["level"]?.string.flatMap { LogLevel(rawValue: $0.uppercased()) } ?? .info
    let trace = log["stack_trace"]?.string.map { "\n\($0)" } ?? ""
    runtime.log.log(level, text + trace)
  }

  /// The value of an ERROR trace as an error.
  static func error(_ trace: JSONView) -> ConnectorError {
    let type = trace["failure_type"]?.string.flatMap(FailureType.init) ?? .system
    var error = ConnectorError(
      type, trace["message"]?.string ?? "The program failed without a message", internalMessage: trace["internal_message"]?.string
    )
    error.diagnostic.stackTrace = trace["stack_trace"]?.string
    return error
  }

  private static func cut(_ text: String) -> String { text.count > longest ? text.prefix(longest) + " …" : text }

  /// The words that begin a line of a level, as the libraries of logging write them.
  private static let words: [(String, LogLevel)] = [
    ("CRITICAL", .fatal), ("FATAL", .fatal), ("ERROR", .error), ("WARNING", .warn), ("WARN", .warn), ("INFO", .info),
    ("DEBUG", .debug), ("TRACE", .trace),
  ]

  /// The level of a line: that of the first word of one, near its beginning; INFO if there is none.
  static func level(of line: String) -> LogLevel {
    let words = line.prefix(120).split { !$0.isLetter && $0 != "_" }.prefix(12)
    for word in words {
      if let level = Self.words.first(where: { $0.0 == word }) { return level.1 }
    }
    return line.hasPrefix("Traceback (") ? .error : .info
  }
}
