import JSON

/// How a read was divided, as people read it.
package struct DivisionReport: Sendable {
  private let division: Division
  private let folder: String

  package init(_ division: Division, folder: String) {
    self.division = division
    self.folder = folder
  }

  package var text: String {
    let count = division.parts.count
    let slices = division.parts.map(\.slices)
    let empty = division.parts.filter { $0.slices == 0 && $0.wholeStreams.isEmpty }.count
    var lines = ["\(Self.count(count, "part")) in \(folder), \(Self.range(slices)) each"]
    if empty > 0 { lines[0] += "; \(empty == 1 ? "one has" : "\(empty) have") nothing to read" }
    let width = division.streams.map(\.name.count).max() ?? 0
    for stream in division.streams {
      let name = stream.name + String(repeating: " ", count: width - stream.name.count)
      switch stream.kind {
      case .whole(let reason): lines.append("  \(name)  whole in one part: \(reason)")
      case .divided:
        let what = stream.word == "partitions" ? "slices of partitions" : stream.word
        lines.append("  \(name)  \(stream.slices) \(stream.slices == 1 ? Self.singular(what) : what)")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func singular(_ words: String) -> String {
    switch words {
    case "slices": "slice"
    case "windows": "window"
    default: "slice of a partition"
    }
  }

  private static func count(_ number: Int, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }

  private static func range(_ numbers: [Int]) -> String {
    guard let least = numbers.min(), let most = numbers.max() else { return "nothing" }
    return least == most ? count(most, "slice") : "\(least) to \(count(most, "slice"))"
  }
}
