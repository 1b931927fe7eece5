import Foundation
import JSON
import Testing

/// A folder of `Tests/Conformance`: what to run and what the reference did. See the README there.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
  /// "feature/case".
  let name: String
  let folder: URL

  var testDescription: String { name }

  /// Every case, by name.
  static let all: [ConformanceCase] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Conformance")
    let features = folders(in: root)
    return features.flatMap { feature in
      folders(in: feature)
        .filter { FileManager.default.fileExists(atPath: $0.appending(path: "case.json").path) }
        .map { ConformanceCase(name: "\(feature.lastPathComponent)/\($0.lastPathComponent)", folder: $0) }
    }
  }()

  private static func folders(in folder: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }.map { folder.appending(path: $0) }
  }

  /// The text of a file of the case; throws where it is missing.
  func text(_ file: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.appending(path: file)), as: UTF8.self)
  }

  func json(_ file: String) throws -> JSONValue {
    try JSONValue(parsing: try text(file))
  }

  /// The text of a file that a case may leave out.
  func optionalText(_ file: String) throws -> String? {
    FileManager.default.fileExists(atPath: folder.appending(path: file).path) ? try text(file) : nil
  }

  /// The commands to run.
  func commands() throws -> [Command] {
    let names = try json("case.json")["commands"]?.array ?? []
    return try names.map { name in try #require(name.string.flatMap(Command.init), "\(name) is no command") }
  }

  /// By stream, the fields of a record that tell partitions apart: only within a partition is the order of records given.
  func partitions() throws -> [String: [String]] {
    let streams = try json("case.json")["partitions"]?.object ?? [:]
    return Dictionary(uniqueKeysWithValues: streams.map { ($0.key, ($0.value.array ?? []).compactMap(\.string)) })
  }

  /// What the errors are called here that the reference calls a `system_error`; nil where that is the same.
  func failureType() throws -> String? { try json("case.json")["failure_type"]?.string }

  /// Whether waits move the clock.
  func movesClock() throws -> Bool { try json("case.json")["moving_clock"]?.bool ?? false }

  /// What the reference did.
  func expected(_ command: Command) throws -> Outcome {
    let outcome = try #require(try json("expected/outcome.json")[command.rawValue], "nothing recorded")
    var messages = try text("expected/\(command).jsonl")
    if let type = try failureType() { messages.replace(#""failure_type":"system_error""#, with: #""failure_type":"\#(type)""#) }
    return Outcome(
      lines: messages.split(separator: "\n").map(String.init),
      requests: try json("expected/requests.json")[command.rawValue]?.array ?? [],
      exit: outcome["exit"]?.int ?? 0,
      sleeps: (outcome["sleeps"]?.array ?? []).compactMap(\.double))
  }
}
