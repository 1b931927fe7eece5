/// What a variant changes in the manifest of its file.
///
/// A line `@@` begins each hunk. Lines with a space or `-` before them stand in the manifest, together at one place alone; those
/// with `+` take the place of those with `-`. An empty line is one with a space.
struct ManifestPatch {
  private typealias Lines = [ArraySlice<UInt8>]

  private struct Hunk {
    var old: Lines = []
    var new: Lines = []
  }

  private var hunks: [Hunk] = []

  init(_ text: String) throws {
    for line in Self.lines(of: text) {
      let isBeginning = line.elementsEqual("@@".utf8)
      if isBeginning { hunks.append(Hunk()) }
      guard let last = hunks.indices.last else { throw CaseError("a patch does not begin with @@") }
      if isBeginning { continue }
      let mark = line.first.map { Character(UnicodeScalar($0)) } ?? " "
      guard " +-".contains(mark) else { throw CaseError("a line of a patch begins with \(mark)") }
      if mark != "+" { hunks[last].old.append(line.dropFirst()) }
      if mark != "-" { hunks[last].new.append(line.dropFirst()) }
    }
  }

  /// A manifest with the changes.
  /// - Throws: ``CaseError`` where a hunk fits no place, or several.
  func applied(to text: String) throws -> String {
    var lines = Self.lines(of: text)
    let places = try hunks.map { hunk in (place: try Self.place(of: hunk.old, in: lines), hunk) }
    for (place, hunk) in places.sorted(by: { $0.place > $1.place }) {
      lines.replaceSubrange(place..<place + hunk.old.count, with: hunk.new)
    }
    return lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
  }

  private static func place(of part: Lines, in lines: Lines) throws -> Int {
    let places = lines.indices.filter { lines[$0...].starts(with: part) }
    guard places.count == 1 else {
      throw CaseError("these lines fit \(places.count) places: \(part.map { String(decoding: $0, as: UTF8.self) })")
    }
    return places[0]
  }

  private static func lines(of text: String) -> Lines {
    var lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
