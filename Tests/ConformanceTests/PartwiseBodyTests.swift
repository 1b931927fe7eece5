import ConnectorModel
import Foundation
import HTTP
import JSON
import Testing

/// Bodies that are received part by part from a server.
@Suite struct PartwiseBodyTests {
  private static let text = String(repeating: "0123456789", count: 200_000)

  private func request(_ api: ScriptedAPI, _ path: String) -> ConnectorModel.HTTPRequest {
    var request = ConnectorModel.HTTPRequest(method: "GET", url: "http://\(api.address)\(path)")
    request.receivesInParts = true
    return request
  }

  @Test(arguments: TransportKind.allCases) func partsMakeUpTheBodyOnAConnectionThatIsUsedAgain(kind: TransportKind) async throws {
    let api = #"{"routes": [{"path": "/a", "sequence": [{"text": "\#(Self.text)"}, {"status": 404, "text": "none"}]}]}"#
    try await ScriptedAPI.serving(api) { api in
      let transport = NetworkTransport(environment: [TransportKind.variable: kind.rawValue])
      let response = try await transport.send(request(api, "/a"))
      #expect(response.status == 200)
      #expect(response.body.isEmpty)
      var parts = response.parts
      var body = Data()
      var count = 0
      while let part = try await parts.next() {
        body.append(part)
        count += 1
      }
      #expect(String(decoding: body, as: UTF8.self) == Self.text)
      #expect(count > 1)
      let second = try await transport.send(request(api, "/a")).whole()
      #expect(second.status == 404)
      #expect(String(decoding: second.body, as: UTF8.self) == "none")
    }
  }

  @Test(arguments: TransportKind.allCases) func aBreakComesBehindWhatWasReceived(kind: TransportKind) async throws {
    // More than is received ahead of the reader: a break within that is one of the whole response, which can be asked for again.
    let text = String(repeating: "0123456789", count: 100_000)
    let api = #"{"routes": [{"path": "/a", "sequence": [{"text": "\#(text)", "cut": 900004}]}]}"#
    try await ScriptedAPI.serving(api) { api in
      var parts = try await NetworkTransport(environment: [TransportKind.variable: kind.rawValue]).send(request(api, "/a")).parts
      var body = Data()
      let error = await #expect(throws: TransportError.self) {
        while let part = try await parts.next() { body.append(part) }
      }
      #expect(error?.kind == .brokenOff)
      #expect(String(decoding: body, as: UTF8.self) == text.prefix(900_004))
    }
  }

  @Test(arguments: TransportKind.allCases) func aServerThatIsNotThereIsNoResponse(kind: TransportKind) async throws {
    var request = ConnectorModel.HTTPRequest(method: "GET", url: "http://127.0.0.1:1/")
    request.receivesInParts = true
    let error = await #expect(throws: TransportError.self) {
      _ = try await NetworkTransport(environment: [TransportKind.variable: kind.rawValue]).send(request)
    }
    #expect(error?.kind == .connectFailed)
  }
}
