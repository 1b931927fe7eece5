import Foundation
import JSON
import Testing

/// `new --openapi`, `validate --openapi` and `mock --openapi`, by the program.
@Suite struct OpenAPICommandTests {
  private static let document = """
    openapi: 3.0.3
    info: {title: Shop API}
    servers: [{url: "https://api.shop.example.com/v1"}]
    security: [{token: []}]
    paths:
      /orders:
        get:
          parameters:
            - {name: page, in: query, schema: {type: integer}}
            - {name: per_page, in: query, schema: {type: integer, maximum: 4}}
            - {name: updated_since, in: query, schema: {type: string, format: date-time}}
          responses:
            "200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Order"}}}}}
      /orders/{order_id}/lines:
        get:
          responses:
            "200": {content: {application/json: {schema: {type: object, properties: {lines: {type: array, items: {type: object}}}}}}}
    components:
      securitySchemes: {token: {type: http, scheme: bearer}}
      schemas:
        Order: {type: object, properties: {id: {type: integer}, updated_at: {type: string, format: date-time}}}
    """

  private static func made() async throws -> Folder {
    let folder = try Folder()
    try folder.write("api.yaml", document)
    let run = try await Tool.run(["new", "--openapi", "api.yaml"], in: folder)
    #expect(run.status == 0, "\(run.stderr)")
    #expect(run.stderr.contains("source-shop has 9 files: "), "\(run.stderr)")
    return folder
  }

  @Test func aConnectorOfADocumentPassesItsTests() async throws {
    let folder = try await Self.made()
    let tests = try await Tool.run(["test", "source-shop"], in: folder)
    #expect(tests.status == 0, "\(tests.stdout)")
    #expect(tests.stdout.contains("ok      reads lines\n"))
    let checked = try await Tool.run(
      ["validate", "--profile", "strict", "source-shop/manifest.yaml", "--openapi", "api.yaml"], in: folder)
    #expect(checked.stdout == "1 manifest checked, nothing found\n", "\(checked.stdout)")
  }

  @Test(arguments: [
    (["--only", "GET /orders"], "", 0),
    (["--only", "/order"], "error: No request of api.yaml fits '/order'. Did you mean '/orders'?\n", 1),
    (["--only", "POST *"], "error: No request of api.yaml fits 'POST *'\n", 1),
  ])
  func requestsAreChosen(options: [String], message: String, status: Int32) async throws {
    let folder = try Folder()
    try folder.write("api.yaml", Self.document)
    let run = try await Tool.run(["new", "--openapi", "api.yaml"] + options, in: folder)
    #expect(run.status == status)
    if status == 0 {
      #expect(try folder.text("source-shop/manifest.yaml").components(separatedBy: "type: DeclarativeStream").count == 2)
    } else {
      #expect(run.stderr == message)
      #expect(try folder.names() == ["api.yaml"])
    }
  }

  @Test(arguments: [
    ("nothing.yaml", "error: The OpenAPI document nothing.yaml does not exist\n"),
    ("text.yaml", "text.yaml:1:1: error: this is a string, not an OpenAPI document\n1 | nothing of the kind\n  | ^\n"),
    (
      "empty.yaml",
      "error: No GET request of empty.yaml is answered with a list of objects, so there is no stream to begin with. Describe one with --endpoint\n"
    ),
  ])
  func whatIsNoDocumentIsAnError(name: String, message: String) async throws {
    let folder = try Folder()
    try folder.write("text.yaml", "nothing of the kind")
    try folder.write("empty.yaml", "openapi: 3.1.0\npaths: {}")
    let run = try await Tool.run(["new", "--openapi", name], in: folder)
    #expect(run.stderr == message)
    #expect(run.status == 1)
  }

  @Test(arguments: [
    (["new", "--only", "/orders"], "--only needs --openapi."),
    (
      ["new", "--openapi", "a.yaml", "--from-curl", "curl"],
      "--from-curl, --from-har, --from-postman, --from-manifest and --openapi exclude"
    ),
    (["mock"], "There is nothing to answer from"),
    (["mock", "--openapi", "a.yaml", "--config", "c.json"], "--config needs a manifest."),
  ])
  func optionsThatDoNotGoTogetherAreRefused(arguments: [String], message: String) async throws {
    let run = try await Tool.run(arguments, in: Folder())
    #expect(run.status == 64)
    #expect(run.stderr.contains(message), "\(run.stderr)")
  }

  // MARK: Comparing

  @Test(arguments: ["json", "sarif", "text"])
  func findingsHaveBothPlaces(format: String) async throws {
    let folder = try await Self.made()
    let manifest = try folder.text("source-shop/manifest.yaml")
    try folder.write("manifest.yaml", manifest.replacing("page_size: 4", with: "page_size: 400"))
    let run = try await Tool.run(["validate", "manifest.yaml", "--openapi", "api.yaml", "--format", format], in: folder)
    #expect(run.status == 0)
    switch format {
    case "json":
      let finding = try JSONValue(parsing: run.stdout)["manifests"]?[0]?["findings"]?[0]
      #expect(finding?["rule"] == "openapi-page-size" && finding?["file"] == "manifest.yaml")
      #expect(finding?["remedy"] == "did you mean '4'?")
      let places = finding?["related"]?.array ?? []
      #expect(places.contains { $0["file"] == "api.yaml" && $0["line"] == 10 }, "\(run.stdout)")
    case "sarif":
      let result = try JSONValue(parsing: run.stdout)["runs"]?[0]?["results"]?[0]
      let places = (result?["relatedLocations"]?.array ?? []).map { $0["physicalLocation"] }
      #expect(result?["ruleId"] == "openapi-page-size")
      #expect(
        places.contains { $0?["artifactLocation"]?["uri"] == "api.yaml" && $0?["region"]?["startLine"] == 10 }, "\(run.stdout)")
    default:
      #expect(run.stdout.contains("api.yaml:10:11: note: the parameter `per_page` in the document"), "\(run.stdout)")
    }
    let ignored = try await Tool.run(
      ["validate", "manifest.yaml", "--openapi", "api.yaml", "--ignore", "openapi-page-size"], in: folder)
    #expect(ignored.stdout == "1 manifest checked, nothing found\n")
  }

  // MARK: The mock

  @Test(arguments: [["--openapi", "api.yaml"], ["api.yaml"]])
  func aDocumentIsServed(arguments: [String]) async throws {
    let folder = try Folder()
    try folder.write("api.yaml", Self.document)
    let run = try await Tool.shell(
      #"""
      mkfifo address
      "$@" > address 2> log & server=$!
      read -r address < address
      curl -s -o none -w '%{http_code} ' "$address/v1/orders"
      curl -s -H 'Authorization: Bearer x' "$address/v1/orders?per_page=4&page=2" | grep -o '"id"' | wc -l
      kill $server
      wait $server
      """#, ["mock"] + arguments, in: folder)
    #expect(run.stdout.split(whereSeparator: \.isWhitespace) == ["401", "3"], "\(run.stdout)\(run.stderr)")
  }
}
