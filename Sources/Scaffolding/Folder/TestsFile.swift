import JSON

/// The `tests.yaml` of a connector: against an API that is made up from its manifest. How many records and requests there are, is seen
/// and filled in afterwards.
struct TestsFile: Sendable {
  /// What the names of the tests of streams begin with.
  static let readPrefix = "reads "

  let files: ConnectorFiles

  var text: String {
    var yaml = CommentedYAML()
    var defaults = CommentedYAML()
    defaults.add("config", "config.example.json")
    defaults.add("now", "2024-03-01T00:00:00Z")
    defaults.add("traffic", "mock")
    yaml.add("defaults", defaults)
    yaml.add("tests", .list(tests), isApart: true)
    let head = CommentText.lines(
      "What the manifest has to do: `airbyte-lowcode test` runs it, against an API that is made up from the manifest.", indent: 0)
    return (head + yaml.lines()).joined(separator: "\n") + "\n"
  }

  private var tests: [CommentedYAML] {
    var tests: [CommentedYAML] = []
    if files.checkedStream != nil {
      tests.append(Self.test("the connection works", command: "check", expect: ["status": "succeed"]))
    }
    if let path = files.checkedPath, files.fields.contains(where: \.isSecret) {
      var test = Self.test("wrong credentials are the user's to mend", command: "check", expect: nil)
      test.add(
        "traffic",
        .list([
          {
            var stub = CommentedYAML()
            stub.add("httpRequest", ["path": .string(path)])
            stub.add("httpResponse", ["statusCode": 401, "body": ["message": "unauthorized"]])
            return stub
          }()
        ]))
      test.add("expect", ["status": "failed", "message": "401"])
      tests.append(test)
    }
    var catalog: JSONObject = [:]
    for stream in files.streams {
      var facts: JSONObject = [:]
      if !stream.primaryKey.isEmpty {
        facts["source_defined_primary_key"] = .array(stream.primaryKey.map { [.string($0)] })
      }
      if let cursor = stream.cursorField { facts["default_cursor_field"] = [.string(cursor)] }
      if facts.isEmpty { facts["supported_sync_modes"] = ["full_refresh"] }
      catalog[stream.name] = .object(facts)
    }
    tests.append(Self.test("the catalog has all streams", command: "discover", expect: ["catalog": .object(catalog)]))
    for stream in files.streams {
      var test = CommentedYAML()
      test.add("name", .string(Self.readPrefix + stream.name))
      test.add("streams", [.string(stream.name)])
      // Every request is named where there are a few.
      let requests: JSONValue = stream.hasPartitions || stream.isJob ? ["count": 0] : []
      var expectation = CommentedYAML()
      expectation.add("requests", requests)
      expectation.add("records", .object([stream.name: ["count": 0]]))
      test.add("expect", expectation)
      tests.append(test)
    }
    return tests
  }

  private static func test(_ name: String, command: String, expect: JSONValue?) -> CommentedYAML {
    var test = CommentedYAML()
    test.add("name", .string(name))
    test.add("command", .string(command))
    if let expect { test.add("expect", expect) }
    return test
  }
}
