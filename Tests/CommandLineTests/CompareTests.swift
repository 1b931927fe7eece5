import Foundation
import JSON
import Testing

/// `diff` and `drift`, by the program.
@Suite(.timeLimit(.minutes(15))) struct CompareTests {
  private static let manifest = Manifests.streams(["ok", "other"])

  // MARK: Versions

  @Test(arguments: [
    ("{id: {type: integer}}", "{id: {type: integer}, name: {type: string}}", 4, "schema ok: The field `name` was added"),
    ("{id: {type: integer}}", "{id: {type: string}}", 5, "schema ok: The type of `id` changed from integer to string"),
    ("name: \"other\", $p", "name: \"another\", $p", 5, "catalog other: The stream was removed"),
    (
      "airbyte_secret: true", "airbyte_secret: false", 5,
      "spec: `connectionSpecification.properties.token.airbyte_secret` is gone"
    ),
    ("field_name: page", "field_name: p", 5, "requests ok: `GET http"),
    ("page_size: 2", "page_size: 3", 4, "records ok: There are"),
    ("required: [base_url, token]", "required: [base_url, token, shop]", 5, "`connectionSpecification.shop` is required now"),
    ("type: CheckStream", "type: CheckStream", 0, "Nothing differs."),
  ])
  func versions(old: String, new: String, status: Int, line: String) async throws {
    let connection = try Connection(manifest: Self.manifest)
    let changed = Self.manifest.replacing(old, with: new)
    #expect(old == new || changed != Self.manifest)
    try connection.folder.write("next.yaml", changed)
    let run = try await connection.run("diff", "manifest.yaml", "next.yaml")
    #expect(run.status == Int32(status), "\(run.stdout)\(run.stderr)")
    #expect(run.stdout.contains(line), "\(run.stdout)\(run.stderr)")
    #expect(run.stderr.isEmpty)
    let json = try await connection.run("diff", "manifest.yaml", "next.yaml", "--format", "json")
    #expect(json.status == Int32(status))
    let report = try JSONValue(parsing: Array(json.stdout.utf8))
    #expect((report["level"] == "major") == (status == 5))
    #expect(report["reads_compared"] == true)
  }

  @Test func versionsAreReadFromARecording() async throws {
    let api = try UnrulyAPI { request in
      switch request.path {
      case "/other": .json(200, #"{"items": [{"id": 1, "extra": {"a": 1}}]}"#)
      default: UnrulyAPI.usual(request)
      }
    }
    let connection = try Connection(to: api, manifest: Self.manifest)
    #expect(try await connection.run("read", "manifest.yaml", "--config", "config.json", "--record", "run.har").status == 0)
    let removing = Self.manifest.replacing(
      "    schema_loader:", with: "    transformations: [{type: RemoveFields, field_pointers: [[extra]]}]\n    schema_loader:")
    #expect(removing != Self.manifest)
    try connection.folder.write("next.yaml", removing)
    let arguments = ["--config", "config.json", "--replay", "run.har"]
    let same = try await connection.run(["diff", "manifest.yaml", "manifest.yaml"] + arguments)
    #expect(same.stdout == "Nothing differs.\n", "\(same.stderr)")
    let run = try await connection.run(["diff", "manifest.yaml", "next.yaml"] + arguments)
    #expect(run.status == 5)
    #expect(run.stdout.contains("records other: Records lack `extra`"))
    // What the recording does not answer is said.
    try connection.folder.write("asking.yaml", Self.manifest.replacing("field_name: page", with: "field_name: p"))
    let asking = try await connection.run(["diff", "manifest.yaml", "asking.yaml"] + arguments)
    #expect(asking.status == 5)
    #expect(asking.stdout.contains("has no answer to"), "\(asking.stdout)")
  }

  private static let incomparable: [([String], Int32)] = [
    (["diff", "manifest.yaml", "none.yaml"], 1), (["diff", "manifest.yaml", "broken.yaml"], 1),
    (["diff", "manifest.yaml", "manifest.yaml", "--replay", "none.har"], 1),
    (["diff", "manifest.yaml", "manifest.yaml", "--replay", "x.har", "--no-read"], 64),
    (["diff", "manifest.yaml", "manifest.yaml", "--breaking-changes", "two"], 64), (["diff", "manifest.yaml"], 64),
    (["drift", "manifest.yaml", "--config", "config.json", "--against", "none.har"], 2),
    (["drift", "manifest.yaml", "--config", "none.json", "--against", "none.har"], 2), (["drift", "manifest.yaml"], 64),
  ]

  @Test(arguments: incomparable)
  func whatCannotBeCompared(arguments: [String], status: Int32) async throws {
    let connection = try Connection(manifest: Self.manifest)
    try connection.folder.write("broken.yaml", "version: 7.39.1\ntype: DeclarativeSource\nstreams: 7\n")
    let run = try await connection.run(arguments)
    #expect(run.status == status, "\(run.stdout)\(run.stderr)")
    #expect(run.stdout.isEmpty)
    #expect(!run.stderr.isEmpty)
  }

  // MARK: Drift

  /// What the API gave for `other` when it was recorded, what it gives today, and what that is called.
  @Test(arguments: [
    (#"{"items": [{"id": 1, "a": "x"}]}"#, 0, "2 streams compared: the API answers as it was recorded."),
    (#"{"items": [{"id": 1}]}"#, 1, "other: error: `items[].a` does not come any more [drift-field-removed]"),
    (#"{"items": [{"id": "1", "a": "x"}]}"#, 1, "other: error: `items[].id` is string, and was integer [drift-field-retyped]"),
    (#"{"items": [{"id": 1, "a": "x", "b": 1}], "more": true}"#, 0, "other: warning: `more` is new [drift-field-added]"),
    (#"not JSON"#, 1, "[drift-unreadable]"),
  ])
  func drift(today: String, status: Int, line: String) async throws {
    let before = try UnrulyAPI {
      $0.path == "/other" ? .json(200, #"{"items": [{"id": 1, "a": "x"}]}"#) : UnrulyAPI.usual($0)
    }
    let connection = try Connection(to: before, manifest: Self.manifest)
    #expect(try await connection.run("read", "manifest.yaml", "--config", "config.json", "--record", "run.har").status == 0)
    let after = try UnrulyAPI { $0.path == "/other" ? .json(200, today) : UnrulyAPI.usual($0) }
    // The same address answers otherwise today.
    let har = try connection.folder.text("run.har").replacing(before.address, with: after.address)
    try connection.folder.write("run.har", har)
    let config = try connection.folder.text("config.json").replacing(before.address, with: after.address)
    try connection.folder.write("config.json", config)
    let arguments = ["drift", "manifest.yaml", "--config", "config.json", "--against", "run.har"]
    let run = try await connection.run(arguments)
    #expect(run.status == Int32(status), "\(run.stdout)\(run.stderr)")
    #expect(run.stdout.contains(line), "\(run.stdout)")
    #expect(!run.stdout.contains("t0ken"))
    for (format, mark) in [("sarif", "2.1.0"), ("junit", "<testsuites"), ("json", "\"summary\"")] {
      let other = try await connection.run(arguments + ["--format", format])
      #expect(other.status == Int32(status))
      #expect(other.stdout.contains(mark))
    }
  }
}
