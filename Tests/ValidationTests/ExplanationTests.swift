import Foundation
import JSON
import JSONSchema
import LowCode
import Testing
import Validation

@Suite struct ExplanationTests {
  @Test(arguments: ComponentSchema.definitionNames)
  func everyTypeIsExplained(name: String) throws {
    let text = try Explanation.of(name)
    #expect(text.hasPrefix(name + "\n"))
    for property in ComponentSchema.properties(of: name)?.keys ?? [] where property != "type" {
      #expect(text.contains("  \(property) ("))
      #expect(try Explanation.of("\(name).\(property)").contains("  Type: "))
    }
  }

  @Test(arguments: [
    ("CursorPagintion", "there is no type `CursorPagintion`; did you mean `CursorPagination`?"),
    ("CursorPagination.cursor_valu", "`CursorPagination` has no property `cursor_valu`; did you mean `cursor_value`?"),
    ("Nothing", "there is no type `Nothing`"),
  ])
  func whatIsNotThereIsTold(subject: String, expected: String) {
    do throws(Explanation.Unknown) {
      _ = try Explanation.of(subject)
      Issue.record("\(subject) was explained")
    } catch {
      #expect(error.description == expected)
    }
  }

  /// Examples are put together from those of the schema, so they have to be YAML that fits it.
  @Test(arguments: ComponentSchema.definitionNames)
  func examplesAreValid(name: String) throws {
    let definition = try #require(ComponentSchema.definition(name))
    let schema: JSONValue = ["$ref": .string("#/definitions/\(name)"), "definitions": .object(ComponentSchema.definitions)]
    let text = try #require(try Explanation.of(name).components(separatedBy: "\n\nExample:\n").dropFirst().first)
    let pipeline = ManifestPipeline(validator: try ManifestValidator())
    let value = try #require(pipeline.examine(.text(Array(text.utf8), name: "example.yaml")).written?.value)
    // What is no component is shown as the value of a property that takes it.
    let example = definition["properties"] == nil ? try #require(value.object?.values.first) : value
    let errors = try JSONSchema(compiling: schema).validate(example)
    #expect(errors.isEmpty, "\(text)\n\(errors)")
    #expect(!text.contains("…"), "\(text)")
  }

  @Test func theListHasEveryType() {
    let lines = Explanation.list.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("CursorPagination ") })
    #expect(lines.count > 100)
  }

  @Test func namesMayDifferInCase() throws {
    #expect(try Explanation.of("cursorpagination.cursor_value").hasPrefix("CursorPagination.cursor_value\n"))
  }
}
