import AirbyteProtocol
import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// What cannot be read is shown a few times and then counted.
@Suite struct OmissionTests {
  @Test func theFirstFewAreShownAndTheRestIsCounted() async throws {
    let world = TestWorld([])
    let runtime = world.runtime
    let scope = BuildScope(config: [:], runtime: runtime, registry: .standard).entering(StreamScope(name: "lines"))
    let decoder: any Decoder = try scope.build(world.node(#"{"type": "JsonlDecoder"}"#))
    for _ in 0..<3 {
      _ = try await decoder.decode(DecodingFixtures.response(Array("{\"id\":1}\noops\nno\n{\"id\":2}\n\n".utf8)))
    }
    #expect(world.lines.count == 5)
    #expect(world.lines.allSatisfy { $0.hasPrefix("WARN Stream lines: a line of the response is not JSON (") })
    runtime.omissions.report(of: "another", to: world)
    #expect(world.lines.count == 5)
    runtime.omissions.report(of: "lines", to: world)
    #expect(world.lines.last == "WARN Stream lines: 4 more lines are not JSON and are left out.")
    runtime.omissions.report(to: world)
    #expect(world.lines.count == 6)
  }

  @Test(arguments: [
    (#"{"type": "JsonDecoder"}"#, "2 more responses are not JSON, so they count as pages without records."),
    (#"{"type": "XmlDecoder"}"#, "2 more responses are not XML, so they count as pages without records."),
  ]) func pagesAreCountedAsWell(_ decoder: String, _ last: String) async throws {
    let world = TestWorld([])
    let runtime = world.runtime
    let scope = BuildScope(config: [:], runtime: runtime, registry: .standard).entering(StreamScope(name: "pages"))
    let built: any Decoder = try scope.build(world.node(decoder))
    for _ in 0..<7 { _ = try await built.decode(DecodingFixtures.response(Array("oops".utf8))) }
    runtime.omissions.report(to: world)
    #expect(world.lines.count == 6)
    #expect(world.lines.last == "WARN Stream pages: \(last)")
  }
}
