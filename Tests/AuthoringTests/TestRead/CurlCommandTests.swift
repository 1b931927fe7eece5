import Foundation
import Testing

@testable import Authoring

/// Requests as commands of curl's, as a shell reads them.
@Suite struct CurlCommandTests {
  /// The words that a shell makes of a command line.
  private static func words(_ line: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", #"printf '%s\0' "# + line]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { String(decoding: $0, as: UTF8.self) }
  }

  private static func request(
    _ method: String, _ url: String, _ headers: [(String, String)] = [], body: String? = nil
  ) -> TestRead.Request {
    TestRead.Request(method: method, url: url, headers: headers.map { .init(name: $0.0, value: $0.1) }, body: body)
  }

  @Test(arguments: [
    (request("GET", "https://a.example/b?c=d&e=f"), ["curl", "https://a.example/b?c=d&e=f"]),
    (
      request("GET", "https://a.example", [("Accept", "*/*"), ("X-Note", "it's $HOME `x` \"y\"\n")]),
      ["curl", "https://a.example", "-H", "X-Note: it's $HOME `x` \"y\"\n"]
    ),
    (
      request("POST", "https://a.example", [("Content-Length", "2")], body: "{}"),
      ["curl", "https://a.example", "--data-raw", "{}"]
    ),
    (request("PUT", "https://a.example", body: "@file"), ["curl", "-X", "PUT", "https://a.example", "--data-raw", "@file"]),
    (request("DELETE", "https://a.example"), ["curl", "-X", "DELETE", "https://a.example"]),
    (request("POST", "https://a.example"), ["curl", "-X", "POST", "https://a.example"]),
    (request("GET", "https://a.example", [("X-Empty", "")]), ["curl", "https://a.example", "-H", "X-Empty;"]),
    (request("GET", ""), ["curl", ""]),
  ])
  func aShellReadsTheSameWords(request: TestRead.Request, expected: [String]) throws {
    #expect(try Self.words(request.curl) == expected)
  }
}
