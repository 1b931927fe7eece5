import Foundation
import JSON
import Synchronization
import Testing

/// The program that runs the minimal host.
private enum Node {
  static let folder = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
    .first { FileManager.default.isExecutableFile(atPath: "\($0)/node") }
}

/// Components in another language, by the minimal host that docs/components-protocol.md shows.
@Suite(.enabled(if: Node.folder != nil, "There is no node.")) struct ForeignHostTests {
  private static let host = Document.root.appending(path: "Tests/ComponentHost/minimal_host.js").path

  private func connection(_ classes: String...) throws -> (Connection, UnrulyAPI.Heard) {
    let steps = classes.map { "{type: CustomTransformation, class_name: shop.\($0)}" }.joined(separator: ", ")
    let manifest = Manifests.streams(
      ["ok"], authenticator: "{type: CustomAuthenticator, class_name: shop.Key, field: token}",
      more: """
          - $ref: "#/definitions/stream"
            name: special
            $parameters: {name: special}
            transformations: [\(steps)]

        """)
    let heard = UnrulyAPI.Heard()
    let api = try UnrulyAPI { request in
      heard.note(request)
      guard request.path == "/special" else { return UnrulyAPI.usual(request) }
      let page =
        request.target.contains("page=2") ? #"{"id": 3, "name": 4}"# : #"{"id": 1, "name": "ink"}, {"id": 2, "name": "ü"}"#
      return .json(200, #"{"items": [\#(page)]}"#)
    }
    return (try Connection(to: api, manifest: manifest), heard)
  }

  private func read(_ connection: Connection, permitted: Bool = true) async throws -> Tool.Outcome {
    return try await connection.read(
      ["special", "ok"], ["--components-path", Self.host],
      environment: ["PATH": "\(Node.folder ?? ""):/usr/bin:/bin"].merging(
        permitted ? ["AIRBYTE_ENABLE_UNSAFE_CODE": "true"] : [:]
      ) { $1 })
  }

  @Test func itsComponentsRun() async throws {
    let (connection, heard) = try connection("Upper")
    let run = try await read(connection)
    let names = try run.messages("RECORD", "record").filter { $0["stream"]?.string == "special" }.map { $0["data"]?["name"] }
    #expect(names == ["INK", "Ü"], "\(run.stdout)")
    // Its error names the call, and what came before stays.
    let error = try #require(try run.errors().first)
    #expect(error["message"]?.string?.hasPrefix("`Upper` failed: TypeError: record.name.toUpperCase") == true, "\(error)")
    #expect(error["stack_trace"]?.string?.contains("minimal_host.js") == true)
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(heard.headers.contains("t0ken"))
    #expect(!run.stdout.contains("t0ken"))
  }

  @Test func aClassThatItHasNotFailsItsStreamAlone() async throws {
    let (connection, _) = try connection("Upper", "Lower")
    let run = try await read(connection)
    let message = try #require(try run.errors().first?["message"]?.string)
    #expect(message.hasPrefix("`Lower` does not exist: there is no class Lower"), "\(message)")
    #expect(try run.recordCount(of: "special") == 0)
    #expect(try run.recordCount(of: "ok") == 3)
  }

  @Test func itHasToBePermitted() async throws {
    let (connection, heard) = try connection("Upper")
    let run = try await read(connection, permitted: false)
    #expect(try run.errors().first?["message"]?.string?.contains("AIRBYTE_ENABLE_UNSAFE_CODE") == true)
    #expect(heard.headers.isEmpty)
  }
}

extension UnrulyAPI {
  /// What the headers of requests said.
  final class Heard: Sendable {
    private let values = Mutex<[String]>([])

    var headers: [String] { values.withLock { $0 } }
    func note(_ request: Request) { values.withLock { $0 += request.headerValues } }
  }
}
