import ArgumentParser
import Engine

/// The options that choose streams.
struct StreamOptions: ParsableArguments {
  @Option(
    name: [.customLong("streams"), .customLong("stream")],
    help: ArgumentHelp("Read these streams alone; may be repeated.", valueName: "names"))
  var wanted: [NameList] = []

  @Option(help: ArgumentHelp("Read all streams but these; may be repeated.", valueName: "names"))
  var exclude: [NameList] = []

  @Flag(help: "Read streams from their beginning, also those that could be read incrementally.")
  var fullRefresh = false

  /// Whether one of them is there.
  var isGiven: Bool { !wanted.isEmpty || !exclude.isEmpty || fullRefresh }

  var selection: StreamSelection {
    StreamSelection(names: wanted.flatMap(\.names), excluded: exclude.flatMap(\.names), isFullRefresh: fullRefresh)
  }
}

/// Names with commas between them.
struct NameList: ExpressibleByArgument {
  let names: [String]

  init?(argument: String) {
    names = argument.split(separator: ",").map { $0.trimmingSpaces }.filter { !$0.isEmpty }
    if names.isEmpty { return nil }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
