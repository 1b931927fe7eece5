import Foundation
import HTTP
import JSON
import Testing

/// The choice of a transport, and what only a process of its own can show.
@Suite struct TransportTests {
  @Test("A read is the same over both", arguments: TransportKind.allCases)
  func reads(kind: TransportKind) async throws {
    let connection = try Connection(to: UnrulyAPI(UnrulyAPI.usual))
    let read = try await connection.read(["ok"], ["--transport", kind.rawValue])
    #expect(read.status == 0)
    #expect(try read.recordCount(of: "ok") == 3)
    let check = try await Tool.shell(
      "export AIRBYTE_LOWCODE_TRANSPORT=\(kind.rawValue) && exec \"$@\"",
      ["check", "--manifest", "manifest.yaml", "--config", "config.json"], in: connection.folder)
    #expect(check.status == 0)
    #expect(check.stdout.contains("SUCCEEDED"))
  }

  @Test func aNameThatIsNoneIsAnError() async throws {
    let connection = try Connection(to: UnrulyAPI(UnrulyAPI.usual))
    let option = try await connection.read(["ok"], ["--transport", "carrier-pigeon"])
    #expect(option.status != 0)
    #expect(option.stderr.contains("carrier-pigeon"))
    let variable = try await Tool.shell(
      "export AIRBYTE_LOWCODE_TRANSPORT=carrier-pigeon && exec \"$@\"",
      ["check", "--manifest", "manifest.yaml", "--config", "config.json"], in: connection.folder)
    #expect(
      variable.stdout.contains(
        "The environment variable AIRBYTE_LOWCODE_TRANSPORT should be `curl` or `urlsession`, not `carrier-pigeon`"))
  }

  @Test(
    "What ends the process on Linux where URLSession is asked for is an error or nothing elsewhere",
    arguments: TransportKind.allCases,
    [
      "HTTP/1.1 200 OK\r\nContent-Type: appl",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n{\"items\": [    ]}\r\n0\r\nX-Sum: 1\r\n\r\n",
    ])
  func fatalResponses(kind: TransportKind, answer: String) async throws {
    let connection = try Connection(to: UnrulyAPI { _ in .bytes(Array(answer.utf8)) })
    let read = try await connection.read(["ok"], ["--transport", kind.rawValue])
    func isRight() {
      #expect(!read.wasKilled)
      #expect(read.status == (answer.contains("items") ? 0 : 1))
    }
    #if canImport(FoundationNetworking)
      if kind == .urlsession {
        return withKnownIssue("This release of Foundation ends the process", isIntermittent: true) { isRight() }
      }
    #endif
    isRight()
  }

  @Test("A proxy of the process's environment is used", arguments: TransportKind.allCases)
  func proxies(kind: TransportKind) async throws {
    let proxy = try UnrulyAPI { request in
      request.target.hasPrefix("http://api.invalid/ok") ? .json(200, #"{"items": [{"id": 1}]}"#) : .json(404, "{}")
    }
    let connection = try Connection(
      manifest: Manifests.streams(["ok"]).replacing("{{ config['base_url'] }}", with: "http://api.invalid"))
    let arguments = try connection.readArguments(["ok"]) + ["--transport", kind.rawValue]
    let read = try await Tool.shell(
      "export http_proxy=http://\(proxy.address) no_proxy=other.invalid && exec \"$@\"", arguments, in: connection.folder)
    #expect(read.status == 0, "\(read.stdout.suffix(1_000))")
    #expect(try read.recordCount(of: "ok") == 1)
    let exempt = try await Tool.shell(
      "export http_proxy=http://\(proxy.address) no_proxy=api.invalid && exec \"$@\"", arguments, in: connection.folder)
    #expect(exempt.status == 1)
  }

  @Test("A tunnel of a proxy is asked for", arguments: TransportKind.allCases)
  func tunnels(kind: TransportKind) async throws {
    let proxy = try UnrulyAPI { _ in .bytes(Array("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".utf8)) }
    let connection = try Connection(
      manifest: Manifests.streams(["ok"]).replacing("{{ config['base_url'] }}", with: "https://api.invalid"))
    let arguments = try connection.readArguments(["ok"]) + ["--transport", kind.rawValue]
    let read = try await Tool.shell(
      "export https_proxy=http://\(proxy.address) && exec \"$@\"", arguments, in: connection.folder)
    #expect(read.status == 1)
    #expect(try read.errors().contains { $0["internal_message"]?.string?.contains("through the proxy") == true })
    #expect(read.stdout.contains("403"))
  }
}
