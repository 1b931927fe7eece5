import JSON
import Testing

@testable import ConnectorModel
@testable import Engine

/// A config that does not fit the spec: the property and the alternative that was meant are named, and no value of the config.
@Suite struct ConfigMistakeTests {
  private static let specification = """
    {"type": "object", "required": ["start_date", "credentials"], "properties": {
      "start_date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "pattern_descriptor": "YYYY-MM-DD"},
      "until": {"type": "string", "pattern": "^[0-9-]+$", "examples": ["2025-01-31"]},
      "count": {"type": "integer", "minimum": 1},
      "regions": {"type": "array", "items": {"enum": ["eu", "us"]}},
      "credentials": {"type": "object", "oneOf": [
        {"title": "OAuth", "required": ["auth_type", "client_id"],
         "properties": {"auth_type": {"type": "string", "const": "oauth"}, "client_id": {"type": "string", "airbyte_secret": true}}},
        {"required": ["auth_type", "token"],
         "properties": {"auth_type": {"type": "string", "const": "token"}, "token": {"type": "string", "airbyte_secret": true}}}]},
      "shape": {"anyOf": [{"title": "Wide", "type": "object", "required": ["width"]}, {"title": "None", "type": "null"}]}}}
    """
  private static let valid = #""start_date": "2025-01-01", "credentials": {"auth_type": "token", "token": "s3cret"}"#

  private static let cases: [(config: String, message: String)] = [
    ("{}", "the property 'start_date' is missing; the property 'credentials' is missing"),
    (
      #"{"start_date": "s3cret", "credentials": {"auth_type": "token", "token": "s3cret"}}"#,
      "`start_date`: the string does not match the pattern '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'; its form is `YYYY-MM-DD`"
    ),
    (
      #"{\#(valid), "until": "s3cret"}"#,
      "`until`: the string does not match the pattern '^[0-9-]+$'; an example is `2025-01-31`"
    ),
    (#"{\#(valid), "count": "5"}"#, "`count`: expected an integer, found a string"),
    (#"{\#(valid), "count": 0}"#, "`count`: the value is less than 1, the least that is allowed"),
    (#"{\#(valid), "regions": ["eu", "s3cret"]}"#, "`regions[1]`: the value is not one of 'eu', 'us'"),
    (
      #"{"start_date": "2025-01-01", "credentials": {"auth_type": "token"}}"#,
      "`credentials`: the property 'token' is missing, as `token` has it"
    ),
    (
      #"{"start_date": "2025-01-01", "credentials": {"auth_type": "oauth", "token": "s3cret"}}"#,
      "`credentials`: the property 'client_id' is missing, as `OAuth` has it"
    ),
    (
      #"{"start_date": "2025-01-01", "credentials": {"auth_type": "oauth", "client_id": 5}}"#,
      "`credentials.client_id`: expected a string, found a number, as `OAuth` has it"
    ),
    (
      #"{"start_date": "2025-01-01", "credentials": {"auth_type": "s3cret"}}"#,
      "`credentials.auth_type`: the value is not one of 'oauth', 'token'"
    ),
    (
      #"{"start_date": "2025-01-01", "credentials": {"token": "s3cret"}}"#,
      "`credentials`: the property 'auth_type' is missing: it is one of 'oauth', 'token'"
    ),
    (#"{\#(valid), "shape": {"height": 1}}"#, "`shape`: the property 'width' is missing, as `Wide` has it"),
  ]

  private static func failure(_ config: String) throws -> ConnectorError? {
    let world = TestWorld([])
    let node = try world.node(#"{"type": "Spec", "connection_specification": \#(specification)}"#)
    let spec = try Spec(from: ComponentNode(node), in: world.scope())
    do {
      try spec.validate(try JSONValue(parsing: config).object ?? [:])
      return nil
    } catch { return error as? ConnectorError }
  }

  @Test(arguments: cases) func theMistakeIsNamed(config: String, message: String) throws {
    let error = try #require(try Self.failure(config))
    #expect(error.failureType == .config)
    #expect(error.message == "Config validation error: \(message)")
  }

  @Test func manyMistakesAreCounted() throws {
    let regions = Array(repeating: #""x""#, count: 8).joined(separator: ", ")
    let error = try #require(try Self.failure(#"{\#(Self.valid), "regions": [\#(regions)]}"#))
    #expect(error.message.hasSuffix("`regions[4]`: the value is not one of 'eu', 'us'; 3 more"), "\(error.message)")
  }

  @Test func theSentenceOfTheReferenceIsKept() throws {
    #expect(try Self.failure("{}")?.internalMessage == "'start_date' is a required property")
  }

  @Test func aConfigThatFitsIsNoError() throws {
    #expect(try Self.failure("{\(Self.valid)}") == nil)
  }

  /// Nobody knows then which parts of a config are secrets.
  @Test func aSpecificationThatIsNoneQuotesNoConfig() async throws {
    let manifest = """
      version: 7.39.1
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: []}
      streams: []
      spec: {type: Spec, connection_specification: {type: object, properties: S3CRET-Zx81}}
      """
    var input = ConnectorInput()
    input.config = ["token": "S3CRET-Zx81", "page": 5]
    let connector = try await Connector.load(.text(Array(manifest.utf8), name: "m.yaml"), input, runtime: TestWorld([]).runtime)
    let error = #expect(throws: ConnectorError.self) { try connector.spec().validate(input.config) }
    #expect(error?.message.contains("`connection_specification` is not a valid JSON schema") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("****") == true && error?.message.contains("Zx81") == false)
  }
}
