import JSON
import Testing

@testable import Components
@testable import Manifest

/// Streams that are made from the config carry its secrets into places that no spec describes.
@Suite struct MappedSecretsTests {
  private static let config = """
    {"key": "KEY-Zx81Qpl0", "streams": [{"name": "visible-1", "token": "TOK-4711abcd"}, {"name": "visible-2", "token": "TOK-0815efgh"}]}
    """
  private static let spec = """
    {"properties": {"key": {"airbyte_secret": true}, "streams": {"items": {"properties": {"token": {"airbyte_secret": true}}}}}}
    """
  private static let template = #"{"name": "plain", "retriever": {"requester": {"url": "https://api.test/", "path": "x"}}}"#

  private func world() throws -> TestWorld {
    let world = TestWorld([])
    world.hide(secretsOf: try JSONValue(parsing: Self.config).object ?? [:], spec: try JSONValue(parsing: Self.spec))
    return world
  }

  private func mapping(_ value: String, into path: String = #"["retriever", "requester", "path"]"#, more: String = "") -> String {
    let value = JSONValue.string(value).jsonText
    return #"{"type": "ComponentMappingDefinition", "field_path": \#(path), "value": \#(value)\#(more)}"#
  }

  private func streams(_ mappings: String, in world: TestWorld) async throws -> [JSONValue] {
    let resolver = try world.scope(Self.config).build(
      world.node(
        #"""
        {"type": "ConfigComponentsResolver", "components_mapping": [\#(mappings)],
         "stream_config": {"type": "StreamConfig", "configs_pointer": ["streams"]}}
        """#), as: ConfigComponentsResolver.self)
    var streams: [JSONValue] = []
    try await resolver.resolve(world.node(Self.template)) { streams.append($0.value) }
    return streams
  }

  @Test(arguments: [
    ("{{ components_values['token'][4:] }}", ["4711abcd", "0815efgh"]),
    ("{{ config['key'] | hash('md5') }}", ["4a62ea4ace087d55849e68b5a6cea62a"]),
    ("/v1/{{ components_values.token | reverse }}/items", ["dcba1174-KOT", "hgfe5180-KOT"]),
    ("{{ components_values['name'] ~ config.key[4:] }}", ["visible-1Zx81Qpl0", "visible-2Zx81Qpl0"]),
  ])
  func whatMappingsMakeOfSecretsIsHidden(value: String, derived: [String]) async throws {
    let world = try world()
    let found = try await streams(mapping(value), in: world)
    #expect(found.count == 2)
    for text in derived {
      #expect(found.contains { $0.jsonText.contains(text) })
      #expect(!world.masked("the \(text) of it").contains(text.suffix(8)))
    }
    #expect(world.masked("visible-1 and visible-2 of plain") == "visible-1 and visible-2 of plain")
  }

  @Test func whatMappingsMakeOfOthersIsShown() async throws {
    let world = try world()
    let found = try await streams(mapping("{{ components_values['name'] }}/items"), in: world)
    #expect(found.map { $0["retriever"]?["requester"]?["path"]?.string } == ["visible-1/items", "visible-2/items"])
    #expect(world.masked("GET https://api.test/visible-1/items") == "GET https://api.test/visible-1/items")
  }

  /// A mapping that fails quotes its value, a secret of the config in it left out, wherever the quotation ends.
  @Test(arguments: [0, 150, 190, 195, 197, 199, 200, 300])
  func whatFailsQuotesNoSecret(length: Int) async throws {
    let world = try world()
    let filler = String(repeating: "x", count: length)
    for value in [
      "!!int '\(filler){{ config['key'] }}'", "!!bool {{ config['key'] }}\(filler)", "{a: *{{ config['key'] }}, b: \(filler)}",
    ] {
      let error = await connectorError { _ = try await streams(mapping(value), in: world) }
      let shown = [error?.message, error?.internalMessage].compactMap { $0 }.map(world.masked).joined(separator: "\n")
      for piece in ["KEY", "Zx81", "Qpl0"] { #expect(!shown.contains(piece), "\(shown)") }
      if !value.hasPrefix("{") { #expect(error != nil) }
    }
  }

  /// The schema's complaint about a generated stream names no part of a secret either.
  @Test(arguments: [0, 10, 28, 32, 36, 40, 44, 60]) func whatIsNotValidQuotesNoSecret(length: Int) async throws {
    let world = try world()
    let filler = String(repeating: "x", count: length)
    let stream = #"{"type": "DeclarativeStream", "retriever": "\#(filler)KEY-Zx81Qpl0", "name": {"\#(filler)KEY-Zx81Qpl0": 1}}"#
    let findings = try ManifestValidator().validate(world.node(#"{"streams": [\#(stream)]}"#).stored)
    #expect(!findings.isEmpty)
    let shown = findings.map { world.masked($0.description) }.joined(separator: "\n")
    for piece in ["KEY", "Zx81", "Qpl0"] { #expect(!shown.contains(piece), "\(shown)") }
  }
}
