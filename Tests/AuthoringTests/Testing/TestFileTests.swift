import ConnectorModel
import Foundation
import JSON
import JSONSchema
import Manifest
import Testing

@testable import Authoring

/// How files of tests are read.
@Suite struct TestFileTests {
  @Test func theSchemaIsOne() throws {
    let schema = try JSONValue(parsing: TestFileSchema.text)
    #expect(throws: Never.self) { try JSONSchema(compiling: schema) }
    #expect(schema == TestFileSchema.document)
  }

  @Test(arguments: [
    ("tests: [{name: a, comand: read}]", "tests.yaml:1:19: error: `tests[0]` has no property `comand`; did you mean `command`?"),
    (
      "tests: [{name: a, expect: {record: {}}}]",
      "tests.yaml:1:28: error: `tests[0].expect` has no property `record`; did you mean `records`?"
    ),
    (
      "tests:\n  - name: 7", "tests.yaml:2:11: error: `tests[0].name`: expected a string, found a number"
    ),
    (
      "tests:\n  - name: a\n    command: rad",
      "tests.yaml:3:14: error: `tests[0].command`: the value is not one of"
    ),
    ("tests:\n  - name: a\n    now: noon", "tests.yaml:3:10: error: `now` should be a time in the form of ISO 8601"),
    ("tests:\n  - name: a\n  - name: a", "tests.yaml:3:11: error: There are two tests of the name `a`: give each its own"),
    ("tests:\n  - name: a\n    name: b", "tests.yaml:3:5: error: the key 'name' is given twice"),
    (
      "tests:\n  - name: a\n    traffic: {mock: {page: 2}}",
      "`tests[0].traffic.mock` has no property `page`; did you mean `pages`?"
    ),
    (
      "tests:\n  - name: a\n    traffic: nope.har",
      "tests.yaml:3:14: error: `tests[0].traffic`: the value fits none of the alternatives: 'mock', a list of expectations, {mock: …}, "
        + "{replay: …}, {files: …} or {expectations: …}"
    ),
    ("tests:\n  - name: a\n    config: 1", "the value fits none of the alternatives: an object or the path of a JSON file"),
    ("defaults: {}", "tests.yaml:1:1: error: A file of tests: the property 'tests' is missing"),
    ("tests: {", "tests.yaml:2:1: error: a value is expected here"),
  ])
  func whatIsWrongHasItsPlace(text: String, sentence: String) throws {
    let error = #expect(throws: ManifestError.self) { try TestFile(path: "tests.yaml", bytes: Array(text.utf8)) }
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }

  @Test func aFolderIsNamedAsSuch() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tests-\(UUID().uuidString)")
    let path = folder.appending(path: "tests.yaml").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for load in [{ _ = try TestFile(path: path) }, { _ = try AcceptanceConfig(path: path) }] {
      let error = #expect(throws: ConnectorError.self, performing: load)
      #expect(error?.message == "The file \(path) cannot be read: it is a folder")
    }
    let missing = #expect(throws: ConnectorError.self) { try TestFile(path: path + "/none") }
    #expect(missing?.message.hasSuffix("cannot be read: No such file or directory") == true)
  }

  @Test func timesWithoutQuotesAreTexts() throws {
    let file = try TestFile(
      path: "tests.yaml",
      bytes: Array("tests: [{name: a, now: 2025-01-01T00:00:00Z, expect: {state: {x: {at: 2025-02-03}}}}]".utf8))
    #expect(file.cases.first?.now == 1_735_689_600_000_000)
    #expect(file.cases.first?.expectation?.value == ["state": ["x": ["at": "2025-02-03"]]])
  }

  @Test func configsAreLaidOverEachOther() throws {
    let shop = try Shop(files: ["c.json": #"{"shop": "file", "key": "1"}"#])
    let file = try TestFile(
      path: "tests.yaml", bytes: Array("defaults: {config: c.json}\ntests: [{name: a, config: {shop: own}}]".utf8))
    #expect(try file.cases.first?.run(in: shop.connector).config == ["shop": "own", "key": "1"])
  }
}
