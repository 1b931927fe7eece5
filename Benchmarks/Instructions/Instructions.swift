import AirbyteProtocol
import ConnectorModel
import Dispatch
import Engine
import Foundation
import JSON
import Manifest
import Secrets

/// A small fixed read without a network, for tools that count instructions:
///
///     bench-instructions MANIFEST CONFIG CATALOG PAGES
///
/// reads the catalog's streams from an API that sends this number of pages, and writes the messages. Its clock does not advance.
@main
struct Instructions {
  static func main() {
    // The tools need a main thread that lives to the end. It waits, so the read runs elsewhere and not on the main actor.
    let finished = DispatchSemaphore(value: 0)
    Task.detached {
      do {
        try await read(Array(CommandLine.arguments.dropFirst()))
      } catch {
        FileHandle.standardError.write(Data("bench-instructions: \(error)\n".utf8))
        exit(1)
      }
      finished.signal()
    }
    finished.wait()
  }

  private struct Failure: Error { var reason: String }

  private static func read(_ arguments: [String]) async throws {
    guard arguments.count == 4, let pages = Int(arguments[3]) else {
      throw Failure(reason: "usage: bench-instructions MANIFEST CONFIG CATALOG PAGES")
    }
    let now: @Sendable () -> Int64 = { 1_740_830_400_123_456 }
    let mask = SecretMask()
    let writer = MessageWriter(output: DescriptorOutput(descriptor: 1), mask: mask, now: now)
    let runtime = RuntimeEnvironment(
      now: now, sleep: { _ in }, random: { 0.5 }, transport: CannedPages(count: pages),
      log: RunLog(writer: writer, isDebugging: false), secrets: mask)
    var input = ConnectorInput()
    input.config = try file(arguments[1]).object ?? [:]
    input.catalog = try ConfiguredStream.catalog(file(arguments[2]))
    let connector = try await Connector.load(.file(path: arguments[0]), input, runtime: runtime)
    guard try await connector.readValidated(input.catalog, to: writer).isComplete else {
      throw Failure(reason: "a stream was not read to its end")
    }
  }

  private static func file(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path))))
  }
}
