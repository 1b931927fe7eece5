import Foundation
import JSON
import Secrets
import Testing
import Validation

/// Names come from strangers: whatever they hold, they stay what they are in each format, and control nothing.
@Suite struct SinkTests {
  /// Characters that a terminal obeys, that begin a line, that have no width, or that XML does not have.
  private static let scalars: [Unicode.Scalar] = [
    "\0", "\u{1}", "\u{7}", "\u{8}", "\t", "\n", "\u{B}", "\u{C}", "\r", "\u{E}", "\u{1B}", "\u{1F}", "\u{7F}", "\u{80}",
    "\u{85}",
    "\u{90}", "\u{9B}", "\u{9F}", "\u{AD}", "\u{34F}", "\u{61C}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{200E}", "\u{200F}",
    "\u{2028}",
    "\u{2029}", "\u{202A}", "\u{202B}", "\u{202C}", "\u{202D}", "\u{202E}", "\u{2060}", "\u{2066}", "\u{2067}", "\u{2068}",
    "\u{2069}",
    "\u{3164}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}", "\u{1FFFE}", "\u{E0001}", "\u{E007F}",
  ]

  /// In a stream's name, in a type, in a key, and in what a file is called.
  private func report(_ text: String) async throws -> ManifestReport {
    let escaped = text.unicodeScalars.map { scalar -> String in
      let digits = String(scalar.value, radix: 16)
      return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
    let faulty = manifest(
      retriever: "paginator: {type: \"Default\(escaped)\"}", requester: "\"key\(escaped)\": 1",
      names: "[items, \"a\(escaped)b\"]")
    return await (try ManifestChecker()).check(faulty, name: "folder\(text)/manifest.yaml")
  }

  @Test(arguments: scalars, ReportFormat.allCases)
  func aCharacterControlsNothing(_ scalar: Unicode.Scalar, format: ReportFormat) async throws {
    let rendered = format.render([try await report(String(scalar))])
    let plain = format.render([try await report("x")])
    #expect(!rendered.unicodeScalars.contains { $0 != "\n" && TerminalText.isUnsafe($0) })
    #expect(rendered.unicodeScalars.count { $0 == "\n" } == plain.unicodeScalars.count { $0 == "\n" })
    if format == .json {
      let report = try JSONValue(parsing: Array(rendered.utf8))
      #expect(report["manifests"]?[0]?["file"]?.string == "folder\(scalar)/manifest.yaml")
    }
  }

  /// Texts that would begin something of their own.
  @Test(arguments: [
    "x\r\n::stop-commands::pwned\r\n::error file=README.md,line=1::written by a stranger", "\n::add-mask::x", "\r::warning::x",
    "\u{2028}::notice::x", "x:\u{301}:x,\u{301}line=7", "%0A::error::x", "%0D%0A::error::x",
  ])
  func aWorkflowCommandIsOfThisProgram(name: String) async throws {
    let rendered = ReportFormat.github.render([try await report(name)])
    let lines = rendered.split(whereSeparator: \.isNewline)
    let commands = lines.dropLast()
    #expect(commands.count >= 2)
    for command in commands {
      #expect(command.hasPrefix("::error file=") || command.hasPrefix("::warning file="), "\(command)")
      // The name of the rule is the last property, so that the second `::` is where the sentence begins.
      let properties = try #require(command.dropFirst(2).firstRange(of: "::")).lowerBound
      let head = command[..<properties]
      #expect(head.unicodeScalars.count { $0 == "," } == 3, "\(command)")
      #expect(!head.unicodeScalars.contains("\u{301}") || head.unicodeScalars.contains("%"), "\(command)")
    }
    #expect(!lines[lines.count - 1].hasPrefix("::"))
  }

  @Test(arguments: ["]]>", "<a b=\"c\">", "&amp;", "'\"", "a\u{338}>\u{338}"])
  func xmlIsXML(name: String) async throws {
    let rendered = ReportFormat.junit.render([try await report(name)])
    let inside = rendered.unicodeScalars.split(whereSeparator: { "<>".unicodeScalars.contains($0) })
    #expect(inside.allSatisfy { $0.count { $0 == "\"" }.isMultiple(of: 2) })
    #expect(rendered.unicodeScalars.count { $0 == "<" } == rendered.unicodeScalars.count { $0 == ">" })
    #expect(!rendered.contains("]]>"))
  }

  @Test func sarifHasNoLinksOfStrangers() async throws {
    let rendered = ReportFormat.sarif.render([try await report("[click](https://evil.example)")])
    let log = try JSONValue(parsing: Array(rendered.utf8))
    let texts = (log["runs"]?[0]?["results"]?.array ?? []).compactMap { $0["message"]?["text"]?.string }
    #expect(texts.contains { $0.contains(#"\[click](https://evil.example)"#) })
    #expect(!texts.contains { $0.contains(" [click](") || $0.contains("a[click](") })
  }

  @Test func peopleGetASumAndMachinesEverything() async throws {
    let names = (0..<130).map { "nothing\($0)" }.joined(separator: ", ")
    let report = await (try ManifestChecker()).check(manifest(names: "[items, \(names)]"))
    #expect(report.findings.count == 130)
    for format in [ReportFormat.text, .github] {
      let rendered = format.render([report])
      #expect(rendered.contains("30 more of "))
      #expect(rendered.contains("nothing99`") && !rendered.contains("nothing100`"))
      #expect(rendered.hasSuffix("130 warnings in 1 of 1 manifest"))
    }
    for format in [ReportFormat.json, .sarif, .junit] { #expect(format.render([report]).contains("nothing129`")) }
  }
}
