import ArgumentParser

/// The option of a Singer tap in the place of a manifest.
struct SingerOptions: ParsableArguments {
  @Option(
    name: .customLong("singer"),
    help: ArgumentHelp(
      "A Singer tap in the place of a manifest: its program, with arguments of its own, or the Python package that has it, as in "
        + "pip:tap-jsonl==0.3.1.", valueName: "tap", visibility: CommandProgram.isConnector ? .private : .default))
  var tap: String?

  func validate() throws {
    if let tap, tap.allSatisfy(\.isWhitespace) { throw ValidationError("--singer needs the name of a tap, as in tap-github.") }
  }
}
