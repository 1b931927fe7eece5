import JSON

/// What a run says of why it failed.
struct RunComplaints: Sendable, Equatable {
  /// Every sentence once for each stream that it is about.
  private(set) var all: [String]
  /// The same for people: a sentence once, with the streams that it is about.
  private(set) var shown: [String]

  init(_ all: [String], shown: [String]) {
    self.all = all
    self.shown = shown
  }

  /// So many lines of a kind are shown: nobody reads more.
  static let mostShown = 10
  /// So many streams are named.
  private static let mostStreams = 5

  static func shown(_ lines: [String]) -> [String] {
    lines.count > mostShown ? lines.prefix(mostShown) + ["and \(lines.count - mostShown) more"] : lines
  }

  /// - Parameter sentences: in their order, each with the stream that it is about; nil where it is about none.
  init(_ sentences: [(stream: String?, text: String)]) {
    var order: [String] = []
    var counts: ByName<Int> = [:]
    var streams: ByName<NameSet> = [:]
    for (stream, text) in sentences {
      if counts[text] == nil { order.append(text) }
      counts[text, default: 0] += 1
      if let stream { streams[text, default: []].insert(stream) }
    }
    // Streams are read at the same time: their order says nothing.
    let entries = order.map { (text: $0, streams: (streams[$0] ?? []).sorted(), count: counts[$0] ?? 1) }
    all = entries.flatMap { text, streams, _ in streams.isEmpty ? [text] : streams.map { "\($0): \(text)" } }
    shown = Self.shown(entries.map(Self.line))
  }

  private static func line(_ text: String, _ streams: [String], _ count: Int) -> String {
    let times = count > max(streams.count, 1) ? "\(count) times" : nil
    guard streams.count > 1 else {
      return (streams.first.map { "\($0): " } ?? "") + text + (times.map { " (\($0))" } ?? "")
    }
    var names = streams.prefix(mostStreams).joined(separator: ", ")
    if streams.count > mostStreams { names += " and \(streams.count - mostStreams) more" }
    return "\(text) (\(streams.count) streams: \(names)\(times.map { "; \($0)" } ?? ""))"
  }

  static func + (left: [String], right: RunComplaints) -> RunComplaints {
    RunComplaints(left + right.all, shown: left + right.shown)
  }

  static func + (left: RunComplaints, right: [String]) -> RunComplaints {
    RunComplaints(left.all + right, shown: left.shown + shown(right))
  }
}
