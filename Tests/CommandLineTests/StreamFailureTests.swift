import Foundation
import JSON
import Testing

/// APIs that refuse, break off or answer nonsense: the stream fails, what was read before stays, the others go on.
@Suite struct StreamFailureTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    let stream: String
    let records: Int
    let failure: String
    /// What the error says to the user, and to the developer.
    let message: String
    let detail: String
    var testDescription: String { stream }
  }

  private static let cases = [
    Case(
      stream: "refused", records: 0, failure: "system_error", message: "HTTP status 404.",
      detail: "/refused was answered with status 404: there is no such shelf"),
    Case(stream: "broken", records: 0, failure: "transient_error", message: "HTTP status 503.", detail: "/broken"),
    Case(stream: "cut", records: 2, failure: "transient_error", message: "/cut", detail: "/cut?page=2"),
    Case(stream: "dropped", records: 2, failure: "system_error", message: "/dropped", detail: "/dropped?page=2"),
    Case(stream: "noise", records: 2, failure: "", message: "/noise", detail: "/noise?page=2"),
  ]

  @Test(arguments: cases)
  private func aStreamFailsAlone(_ expected: Case) async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let run = try await Connection(to: api).read([expected.stream, "ok"])
    #expect(try run.recordCount(of: expected.stream) == expected.records)
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(try run.statuses(of: expected.stream).last == "INCOMPLETE")
    #expect(try run.statuses(of: "ok") == ["STARTED", "RUNNING", "COMPLETE"])
    let errors = try run.errors()
    #expect(errors.count == 2)
    let error = try #require(errors.first)
    #expect(error["stream_descriptor"]?["name"]?.string == expected.stream)
    #expect(error["message"]?.string?.contains(expected.message) == true)
    #expect(error["internal_message"]?.string?.contains(expected.detail) == true)
    if !expected.failure.isEmpty { #expect(error["failure_type"]?.string == expected.failure) }
    #expect(errors.last?["message"]?.string?.contains("`\(expected.stream)`") == true)
    #expect(errors.last?["stream_descriptor"] == nil)
    #expect(run.status == 1)
  }

  @Test func aConnectionThatIsRefusedNamesItsAddress() async throws {
    let api = try UnrulyAPI(isListening: false)
    let connection = try Connection(to: api)
    let run = try await connection.read(["ok"])
    let error = try #require(try run.errors().first)
    #expect(error["message"]?.string?.contains(api.address) == true)
    #expect(error["message"]?.string?.lowercased().contains("connect") == true)
    #expect(try run.statuses(of: "ok") == ["STARTED", "INCOMPLETE"])
    #expect(run.status == 1)

    let check = try await connection.run("check", "--manifest", "manifest.yaml", "--config", "config.json")
    let status = try #require(try check.messages("CONNECTION_STATUS", "connectionStatus").first)
    #expect(status["status"]?.string == "FAILED")
    #expect(status["message"]?.string?.contains(api.address) == true)
    #expect(check.status == 0)
  }

  @Test func aPageThatIsNotJSONIsWarnedOf() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let run = try await Connection(to: api).read(["garbage"])
    #expect(try run.recordCount(of: "garbage") == 2)
    #expect(try run.statuses(of: "garbage").last == "COMPLETE")
    let warning = try #require(try run.logs("WARN").first)
    #expect(warning.contains("http://\(api.address)/garbage?page=2"))
    #expect(warning.contains("<html>not a shelf</html>"))
    #expect(run.status == 0)
  }

  @Test func anUnknownStreamIsWarnedOfWithTheNearestName() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let run = try await Connection(to: api).read(["garbag", "ok"])
    let message = "The catalog asks for the stream `garbag`, which the manifest does not have. Did you mean `garbage`?"
    #expect(try run.logs("WARN") == [message])
    #expect(try run.statuses(of: "garbag") == ["INCOMPLETE"])
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(run.status == 3)
  }
}
