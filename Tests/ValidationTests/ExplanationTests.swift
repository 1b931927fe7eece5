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
  @Test(arguments: [
    "CursorPagination", "DatetimeBasedCursor", "DefaultPaginator", "ListPartitionRouter", "RequestOption", "AddFields",
  ])
  func examplesAreValid(name: String) async throws {
    let text = try Explanation.of(name)
    let example = try #require(text.split(separator: "Example:\n", maxSplits: 1).dropFirst().first)
    #expect(example.contains("type: \(name)"))
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
