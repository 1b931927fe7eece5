import ArgumentParser

/// The options that say what a read takes up: which streams, and from where on.
struct CatalogOptions: ParsableArguments {
  @Option(
    name: [.customShort("C"), .long],
    help: ArgumentHelp(
      "The streams to read: a configured catalog, or what `discover` printed. Without it, all streams are read.",
      valueName: "file"),
    completion: .file(extensions: ["json", "jsonl"]))
  var catalog: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The states that an earlier read left: its output, a STATE message of it, or a list of states. The read continues from there; an "
        + "empty file means from the beginning.", valueName: "file"), completion: .file(extensions: ["json", "jsonl"]))
  var state: String?
}
