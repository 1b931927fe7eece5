import Testing

/// What `explain` says of sources of other kinds.
@Suite struct SourceExplainTests {
  @Test(
    arguments: [
      (
        "SingerSource",
        ["SingerSource\n  A Singer tap as a source", "  tap (mapping, required)", "Example:\n  version: \"1.0.0\""]
      ),
      ("singersource", ["SingerSource\n"]), ("ProcessSource", ["  command (list of string, required)", "    - main.py"]),
      ("CombinedSource", ["  sources (list of mapping, required)", "at_once (integer, default 1)"]),
      ("SingerSource.tap", ["SingerSource.tap\n", "Required: yes", "  python (mapping)", "  catalog_option (string, default "]),
      ("SingerSource.tap.python.version", ["SingerSource.tap.python.version\n", "Type: string", "version: \"0.10.0\""]),
      ("SingerSource.streams.cursor_field", ["The field by which a read continues"]),
      ("CombinedSource.sources.prefix", ["put before the name"]), ("catalog_option", []), ("at_once", ["CombinedSource.at_once"]),
    ] as [(String, [String])])
  func kindsAndTheirProperties(subject: String, texts: [String]) async throws {
    let run = try await Tool.run(["explain", subject], in: Folder())
    #expect(run.status == (texts.isEmpty ? 1 : 0), "\(run.stderr)")
    for text in texts { #expect(run.stdout.contains(text), "\(run.stdout)") }
  }

  @Test(
    arguments: [
      ("SingerSourse", "there is no type `SingerSourse`; did you mean `SingerSource`?"),
      ("SingerSource.taps", "`SingerSource` has no property `taps`; did you mean `tap`?"),
      ("SingerSource.tap.packages", "`SingerSource.tap` has no property `packages`"),
    ])
  func mistakes(subject: String, sentence: String) async throws {
    let run = try await Tool.run(["explain", subject], in: Folder())
    #expect(run.status == 1)
    #expect(run.stderr.contains(sentence), "\(run.stderr)")
  }

  @Test func theListHasThem() async throws {
    let run = try await Tool.run(["explain"], in: Folder())
    #expect(run.stdout.contains("Kinds of sources, beside `DeclarativeSource`:\n  CombinedSource  Several sources"))
  }
}
