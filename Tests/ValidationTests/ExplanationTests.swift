import Components
import ConnectorModel
import Foundation
import JSON
import JSONSchema
import Jinja
import Manifest
import Testing
import Validation
import YAML

@Suite struct ExplanationTests {
  @Test(arguments: ComponentSchema.definitionNames)
  func everyTypeIsExplained(name: String) throws {
    let text = try Explanation().of(name)
    #expect(text.hasPrefix(name + "\n"))
    for property in ComponentSchema.properties(of: name)?.keys ?? [] where property != "type" {
      #expect(text.contains("  \(property) ("))
      #expect(try Explanation().of("\(name).\(property)").contains("  Type: "))
    }
  }

  @Test(arguments: [
    ("CursorPagintion", "there is no type `CursorPagintion`; did you mean `CursorPagination`?"),
    ("CursorPagination.cursor_valu", "`CursorPagination` has no property `cursor_valu`; did you mean `cursor_value`?"),
    (
      "Nothing",
      "there is no component, property, rule, filter, macro or variable `Nothing`; `airbyte-lowcode explain` lists them"
    ),
    ("CursorPagination.step", "`CursorPagination` has no property `step`; it is one of `DatetimeBasedCursor`"),
    (
      "CursorPagination.foo",
      "`CursorPagination` has no property `foo`; it has `cursor_value`, `page_size`, `stop_condition` and `$parameters`"
    ),
    ("now_utcc", "there is no component, property, rule, filter, macro or variable `now_utcc`; did you mean `now_utc`?"),
    (
      "unknown-kye", "there is no component, property, rule, filter, macro or variable `unknown-kye`; did you mean `unknown-key`?"
    ),
  ])
  func whatIsNotThereIsTold(subject: String, expected: String) {
    do throws(Explanation.Unknown) {
      _ = try Explanation().of(subject)
      Issue.record("\(subject) was explained")
    } catch {
      #expect(error.description == expected)
    }
  }

  @Test(arguments: [
    ("pagination", "`CursorPagination`"), ("substream", "`SubstreamPartitionRouter`"), ("backoff", "BackoffStrategy`"),
  ])
  func aPartOfANameFindsThoseThatHaveIt(subject: String, name: String) {
    do {
      _ = try Explanation().of(subject)
      Issue.record("\(subject) was explained")
    } catch {
      #expect(error.description.hasPrefix("there is nothing called `\(subject)`; these have it in their names: "))
      #expect(error.description.contains(name), "\(error)")
    }
  }

  /// Examples are put together from those of the schema, so they have to be YAML that fits it.
  @Test(arguments: ComponentSchema.definitionNames)
  func examplesAreValid(name: String) throws {
    let definition = try #require(ComponentSchema.definition(name))
    let schema: JSONValue = ["$ref": .string("#/definitions/\(name)"), "definitions": .object(ComponentSchema.definitions)]
    let text = try #require(try Explanation().of(name).components(separatedBy: "\n\nExample:\n").dropFirst().first)
    let pipeline = ManifestPipeline(validator: try ManifestValidator())
    let value = try #require(pipeline.examine(.text(Array(text.utf8), name: "example.yaml")).written?.value)
    // What is no component is shown as the value of a property that takes it.
    let example = definition["properties"] == nil ? try #require(value.object?.values.first) : value
    let errors = try JSONSchema(compiling: schema).validate(example)
    #expect(errors.isEmpty, "\(text)\n\(errors)")
    #expect(!text.contains("…"), "\(text)")
  }

  @Test func theListHasEveryType() {
    let lines = Explanation().list.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("  CursorPagination ") })
    let names = RuleCatalog.names + Environment.lowCode.filters.keys + ["now_utc", "stream_interval"]
    for name in names { #expect(lines.contains { $0.hasPrefix("  \(name) ") }, "\(name)") }
  }

  /// What is no component is found by its name alone.
  @Test(
    arguments: [
      ("cursor_value", ["CursorPagination.cursor_value\n", "Type: string"]),
      (
        "page_size",
        ["page_size (variable of templates)\n", "`page_size` is a property of `PageIncrement`, `OffsetIncrement` and"]
      ),
      ("now_utc", ["now_utc (macro)\n", "Gives: datetime", "{{ now_utc().isoformat() }}"]),
      ("hash", ["hash (filter)\n", "hash_type: ", "{{ 'apple' | hash }}"]),
      ("stream_interval", ["stream_interval (variable of templates)\n", "`HttpRequester.request_parameters`"]),
      ("build", ["build (error of `validate`)\n", "Errors cannot be silenced."]),
    ] as [(String, [String])])
  func namesAreExplained(name: String, parts: [String]) throws {
    let text = try Explanation().of(name)
    #expect(text.hasPrefix(parts[0]))
    for part in parts { #expect(text.contains(part), "\(text)") }
  }

  @Test(arguments: RuleCatalog.names)
  func everyRuleIsExplained(name: String) throws {
    let text = try Explanation().of(name)
    #expect(text.hasPrefix("\(name) (rule of `validate`)\n"))
    for part in ["\nWrong:\n  ", "\nRight:\n  ", "# airbyte-lowcode: ignore \(name)\n", "Profile: "] {
      #expect(text.contains(part), "\(text)")
    }
    let examples = text.components(separatedBy: "Wrong:\n")[1].components(separatedBy: "\n\nSilence it:")[0]
      .components(separatedBy: "\n\nRight:\n")
    #expect(examples.count == 2 && examples[0] != examples[1])
    for example in examples { _ = try YAMLDocument(parsing: example, file: "example.yaml") }
  }

  @Test(arguments: Environment.lowCode.filters.keys.sorted())
  func everyFilterIsExplained(name: String) throws {
    let lines = try Explanation().of(name).split(separator: "\n")
    #expect(lines.count >= 2 && lines[1].hasPrefix("  ") && lines[1].hasSuffix(".") || lines.count > 2)
  }

  @Test func namesMayDifferInCase() throws {
    #expect(try Explanation().of("cursorpagination.cursor_value").hasPrefix("CursorPagination.cursor_value\n"))
  }
}
