import Testing

@testable import Jinja

/// Each template gives what the reference gave, as recorded by Fixtures/record.py.
struct RecordedCasesTests {
  @Test func thereAreCases() {
    #expect(Fixture.cases.count > 600)
  }

  @Test(arguments: Fixture.cases)
  func rendersAsRecorded(_ recorded: RecordedCase) throws {
    let (text, error) = Fixture.answer(recorded.template, try Fixture.context(lazily: false))
    #expect(error == recorded.error)
    #expect(text == recorded.text)
  }

  @Test(arguments: Fixture.cases)
  func readsJSONWhereItLies(_ recorded: RecordedCase) throws {
    let (text, error) = Fixture.answer(recorded.template, try Fixture.context(lazily: true))
    #expect(error == recorded.error)
    #expect(text == recorded.text)
  }

  @Test(arguments: Fixture.cases.filter { $0.names != nil })
  func findsTheSameNames(_ recorded: RecordedCase) throws {
    let template = try Template(recorded.template)
    #expect(template.undeclaredVariables.sorted() == recorded.names)
  }
}
