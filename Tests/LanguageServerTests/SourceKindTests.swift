import ConnectorModel
import Engine
import Programs
import Singer
import Testing

@testable import LanguageServer

/// Manifests of other kinds in an editor.
@Suite struct SourceKindTests {
  private static let kinds = SourceKinds([ProcessSourceKind(), CombinedSourceKind(), SingerKind()])

  @Test(
    arguments: [
      ("type: Singer│Source\ntap: {command: [tap-x]}\n", "A Singer tap as a source"),
      ("type: SingerSource\nt│ap: {command: [tap-x]}\n", "**tap** of `SingerSource`: mapping, required"),
      ("type: SingerSource\ntap: {com│mand: [tap-x]}\n", "**command** of `SingerSource.tap`: list of string"),
      ("type: SingerSource\nstreams:\n  - {name: a, primary│_key: [id]}\n", "**primary_key** of `SingerSource.streams`"),
      ("type: CombinedSource\nsources:\n  - {type: ProcessSource, com│mand: [a]}\n", "**command** of `ProcessSource`"),
      ("type: CombinedSource\nsources:\n  - {manifest: a.yaml, pre│fix: a_}\n", "**prefix** of `CombinedSource.sources`"),
      ("type: CombinedSource\nsources:\n  - {type: ProcessSource, pre│fix: a_}\n", "**prefix** of `CombinedSource.sources`"),
      ("type: SingerSource\nconfig: {ho│st: x}\n", nil), ("type: SingerSource\nnothi│ng: x\n", nil),
    ] as [(String, String?)])
  func placesAreExplained(marked: String, expected: String?) {
    let text = CursorText(marked)
    let found = Hoverer(Outline(Array(text.text.utf8)), kinds: Self.kinds).text(at: text.offset)
    if let expected {
      #expect(found?.markdown.contains(expected) == true, "\(found?.markdown ?? "nothing")")
    } else {
      #expect(found == nil)
    }
  }

  /// They are checked as what they are, by whatever name, and without the rules of declarative manifests.
  @Test(
    arguments: [
      ("manifest.yaml", "type: SingerSource\ntap: {command: [tap-x]}\n", 0),
      ("tap.yaml", "type: SingerSource\ntap: {comand: [tap-x]}\n", 2), ("other.yaml", "type: Deployment\n", 0),
    ] as [(String, String, Int)])
  func theyAreChecked(name: String, text: String, line: Int) async throws {
    let checker = try DocumentChecker(components: .standard, kinds: Self.kinds, workingFolder: "/")
    let snapshot = Snapshot(uri: "file:///somewhere/\(name)", version: 1, text: DocumentText(text), settled: nil)
    let findings = await checker.check(snapshot).findings
    if line == 0 {
      #expect(findings.isEmpty, "\(findings)")
    } else {
      #expect(findings.contains { $0.diagnostic.mark?.line == line }, "\(findings)")
    }
  }
}
