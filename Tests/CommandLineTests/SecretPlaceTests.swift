import Foundation
import JSON
import Testing

/// Places of a run, each of which would show a secret of its own accord.
@Suite struct SecretPlaceTests {
  private static let secret = "kEy5secret1QzW8"

  struct Place: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What stands in the requester.
    var requester = ""
    /// What stands in the retriever.
    var retriever = ""
    /// What stands at the end of the manifest.
    var end = ""
    var status = 200
    var headers: [String] = []
    var body = #"{"items": []}"#
    var isAuthenticated = true
    /// The line that holds what was hidden, as far as it is known; nil where nothing of the kind is written.
    var shown: String? = "****"
  }

  private static let filler = String(repeating: "z ", count: 52)

  private static let places: [Place] = [
    Place(
      testDescription: "a header about the call rate",
      end: """
        api_budget:
          type: HTTPAPIBudget
          ratelimit_remaining_header: X-Left
          policies: [{type: MovingWindowCallRatePolicy, rates: [{limit: 100, interval: PT1S}], matchers: []}]

        """,
      headers: ["X-Left: " + String(repeating: "z", count: 86) + secret], shown: "zzz****"),
    Place(
      testDescription: "the host of a redirect", status: 302, headers: ["Location: http://\(secret).invalid/"],
      shown: "****.invalid"),
    Place(
      testDescription: "the path of a redirect that fails", status: 302, headers: ["Location: http://127.0.0.1:1/x/\(secret)"],
      shown: "/x/****"),
    Place(
      testDescription: "a part of a secret in a parameter", requester: "request_parameters: {k: \"{{ config['token'][3:] }}\"}",
      shown: "k=****"),
    Place(
      testDescription: "a digest of a secret in a path",
      requester: "request_parameters: {k: \"a-{{ config['token'] | hash('md5') }}\"}",
      shown: "k=a-****"),
    Place(
      testDescription: "a literal credential", requester: "request_headers: {X-Api-Key: \(secret)}", status: 400,
      body: #"{"message": "the key \#(secret) is old"}"#, isAuthenticated: false, shown: "the key **** is old"),
    Place(
      testDescription: "a cookie", status: 400, headers: ["Set-Cookie: sid=\(secret); HttpOnly"],
      body: #"{"message": "the session \#(secret) is old"}"#, isAuthenticated: false, shown: "the session **** is old"),
    Place(
      testDescription: "user and password of an address",
      requester: "request_parameters: {next: \"http://joe:\(secret)@a.test\"}",
      isAuthenticated: false, shown: nil),
    Place(
      testDescription: "a line that is not JSON", retriever: "decoder: {type: JsonlDecoder}",
      body: "\(filler)\(secret)\(filler)\n",
      shown: "z ****"),
    Place(testDescription: "a page that is not JSON", body: "\(filler)\(secret)\(filler)", shown: "z ****"),
    Place(
      testDescription: "a page that is not XML", retriever: "decoder: {type: XmlDecoder}", body: "\(filler)\(secret)\(filler)",
      shown: "z ****"),
    Place(
      testDescription: "a file of rows in no known encoding", retriever: "decoder: {type: CsvDecoder, encoding: \(secret)}",
      body: "id,name\n1,a\n", shown: "called `****`"),
    Place(
      testDescription: "a template that fails",
      requester: "request_parameters: {k: \"{{ format_datetime(config['token'], '%Y') }}\"}",
      shown: nil),
    Place(
      testDescription: "a template's page size",
      retriever: """
        paginator:
          type: DefaultPaginator
          pagination_strategy: {type: PageIncrement, page_size: "{{ config['token'] }}"}
        """, shown: nil),
  ]

  private func manifest(_ place: Place) -> String {
    func indented(_ text: String, _ count: Int) -> String {
      text.split(separator: "\n").map { String(repeating: " ", count: count) + $0 + "\n" }.joined()
    }
    let none = "{type: NoAuth}"
    var manifest = Manifests.streams(["ok"], authenticator: place.isAuthenticated ? Manifests.bearer : none)
    manifest.replace("        error_handler:", with: indented(place.requester, 8) + "        error_handler:")
    if !place.retriever.isEmpty {
      manifest.replace(#/ +paginator:\n.*\n.*\n.*\n/#, with: indented(place.retriever, 6))
    }
    return manifest + place.end
  }

  @Test(arguments: places, [["--debug"], []])
  func showsNoSecret(place: Place, flags: [String]) async throws {
    let api = try UnrulyAPI { _ in
      let head =
        ["HTTP/1.1 \(place.status) X", "Content-Length: \(place.body.utf8.count)", "Connection: close"] + place.headers
      return .bytes(Array((head.joined(separator: "\r\n") + "\r\n\r\n" + place.body).utf8))
    }
    let config: JSONObject = place.isAuthenticated ? ["token": .string(Self.secret)] : [:]
    let connection = try Connection(to: api, manifest: manifest(place), config: config)
    for command in ["read", "check"] {
      let run =
        try await command == "read"
        ? connection.read(["ok"], flags)
        : connection.run(["check", "--manifest", "manifest.yaml", "--config", "config.json"] + flags)
      let output = run.stdout + run.stderr
      // Not even a part of it, in whatever case.
      for part in ["key5", "ey5secre", "1qzw8"] { #expect(!output.lowercased().contains(part), "\(command): \(output)") }
      if command == "read", !flags.isEmpty, let shown = place.shown { #expect(output.contains(shown), "\(output)") }
    }
  }

  /// The keys of a secret are its secret as well where the spec does not give them.
  @Test func keysOfASecretAreNotShown() async throws {
    let spec = """
      {type: object, properties: {base_url: {type: string}, token: {type: object, airbyte_secret: true, \
      properties: {a: {type: string}}, additionalProperties: false}}}
      """
    let connection = try Connection(manifest: Manifests.streams(["ok"], spec: spec), config: ["token": [Self.secret: "x1234"]])
    for command in ["check", "discover"] {
      let run = try await connection.run(command, "--manifest", "manifest.yaml", "--config", "config.json")
      #expect(!(run.stdout + run.stderr).contains("Ey5secre"), "\(run.stdout)")
    }
    let run = try await connection.read(["ok"])
    #expect(!(run.stdout + run.stderr).contains("Ey5secre") && run.stdout.contains("****"), "\(run.stdout)")
  }
}
