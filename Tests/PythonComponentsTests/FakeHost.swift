import ConnectorModel
import Manifest
import Synchronization
import Testing
import AirbyteProtocol

@testable import PythonComponents

/// A host of a few lines, which answers as a test wants.
struct FakeHost {
  let connection: HostConnection
  let log: KeptLog
  let hidden: KeptTexts

  /// Whether there is a Python for hosts.
  static let isPossible = (try? PythonInterpreter.find(option: nil, environment: environment, beside: nil)) != nil
  static let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

  /// - Parameter script: what the host does with each request, in Python: `header`, `body` and `reply(header, body)` are there.
  init(_ script: String, patience: Double = 60) throws {
    let program = """
      import json, os, signal, struct, sys, time
      def read(count):
          text = b""
          while len(text) < count:
              piece = os.read(3, count - len(text))
              if not piece: os._exit(0)
              text += piece
          return text
      def reply(header, body=b""):
          text = json.dumps(header).encode()
          os.write(4, struct.pack("<II", len(text), len(body)) + text + body)
      kept = []
      while True:
          head, rest = struct.unpack("<II", read(8))
          header, body = json.loads(read(head)), read(rest)
          number = header.get("n")
      \(script.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
      """
    let (log, hidden) = (KeptLog(), KeptTexts())
    self.log = log
    self.hidden = hidden
    let python = try PythonInterpreter.find(option: nil, environment: Self.environment, beside: nil)
    let process = try HostProcess(
      python.path, ["-c", program], environment: Self.environment,
      output: { log.log(.info, $0.isError ? "err: \($0.text)" : $0.text) })
    connection = try HostConnection(
      process, name: "The host", sink: .init(log: log, hide: { hidden.add($0) }, patience: patience, interval: 20, grace: 0.1))
  }

  static func subject(_ method: String = "transform") -> HostSubject {
    let node = ManifestNode(
      .mapping([
        "type": ManifestNode(.string("CustomTransformation")), "class_name": ManifestNode(.string("shop.components.Sort")),
      ]))
    return HostSubject(node, method: method)
  }
}

/// Keeps the lines of a log.
final class KeptLog: Log, RunEvents {
  private let kept = Mutex<[String]>([])
  var lines: [String] { kept.withLock { $0 } }

  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    let line = "\(level.rawValue) \(message())"
    kept.withLock { $0.append(line) }
  }
}

final class KeptTexts: Sendable {
  private let kept = Mutex<[String]>([])
  var all: [String] { kept.withLock { $0 } }
  func add(_ text: String) { kept.withLock { $0.append(text) } }
}
