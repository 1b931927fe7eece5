import AirbyteProtocol
import PythonTime
import Testing
import YAML

@testable import Components
@testable import ConnectorModel
@testable import Manifest
@testable import Secrets
@testable import Templating

/// What tools read of errors are fields.
@Suite struct ErrorFieldsTests {
  private static let mark = SourceMark(file: SourceFile(name: "m.yaml"), line: 3, column: 5)

  private func error(_ body: () throws -> Void) -> ConnectorError? {
    do { try body() } catch { return error as? ConnectorError }
    return nil
  }

  @Test func aPropertyThatIsMissingIsNamed() throws {
    let reference = SourceMark(file: Self.mark.file, line: 9, column: 1)
    let node = try ComponentNode(
      ManifestNode(
        .mapping(["type": ManifestNode(.string("RequestOption"))]), mark: Self.mark, reference: reference, path: "streams[0].x"))
    let error = try #require(error { _ = try node.string("inject_into") })
    #expect(error.diagnostic.cause == .missing(["inject_into"]))
    #expect(error.mark == Self.mark && error.path == "streams[0].x")
    #expect(error.diagnostic.related.map(\.mark) == [reference])
    #expect(error.description == "m.yaml:3:5: `RequestOption` needs `inject_into` (streams[0].x)")
  }

  @Test func theFormatOfADateIsNamed() throws {
    let node = ManifestNode(
      .mapping(["type": ManifestNode(.string("MinMaxDatetime")), "datetime": ManifestNode(.string("today"))]))
    let date = try MinMaxDatetime(node, parameters: [:], in: TestWorld([]).scope())
    let error = try #require(error { _ = try date.moment(DatetimeParser(format: "%Y")) })
    #expect(error.diagnostic.cause == .format("%Y"))
  }

  @Test("an error has the same failure type wherever it ends something")
  func failureTypes() {
    let finding = Diagnostic(.error, rule: "type", "unknown type `A`", at: Self.mark, remedy: .name("B"))
    let manifest = ConnectorError(wrapping: ManifestError([finding, finding]))
    #expect(manifest.failureType == .system)
    #expect(manifest.diagnostic.remedy == .name("B") && manifest.mark == Self.mark && manifest.diagnostic.rule == "type")
    #expect(manifest.sentence == "The manifest is not valid: unknown type `A` (and 1 more); did you mean `B`?")
    #expect(ConnectorError(wrapping: TransportError(.timedOut, "late")).failureType == .transient)
    #expect(ConnectorError(wrapping: CancellationError()).failureType == .system)
    #expect(ConnectorError(wrapping: ConnectorError(.config, "x")).failureType == .config)
  }

  @Test(
    arguments: [
      (.name("a"), "did you mean `a`?", "did you mean `*`?"), (.value("a"), "did you mean 'a'?", "did you mean '*'?"),
      (.rename("a", to: "b"), "did you write `a` for `b`?", "did you write `*` for `*`?"),
      (.use("a", insteadOf: "b"), "did you mean `a` for `b`?", "did you mean `*` for `*`?"), ("use \("c")", "use c", "*"),
    ] as [(Remedy, String, String)])
  func remedies(remedy: Remedy, text: String, concealed: String) {
    #expect(remedy.description == text)
    #expect(remedy.mapped { _ in "*" }.description == concealed)
  }

  @Test func aMarkWithoutTextKeepsItsPlace() {
    let mark = SourceMark(file: SourceFile(name: "c.json", bytes: Array("secret".utf8)), line: 1, column: 3)
    #expect(mark.withoutText.description == "c.json:1:3")
    #expect(TerminalText.snippet(of: mark.withoutText).isEmpty && !TerminalText.snippet(of: mark).isEmpty)
  }
}
