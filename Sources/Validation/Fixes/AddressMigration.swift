import Components
import ConnectorModel
import Manifest
import YAML

/// Writes the `path` of requesters into their `url`: the same change that the reference's migrations make, but in the text.
///
/// A path beside the base is joined with it there; one that is apart, as beside a `$ref` to what has the base, becomes a whole
/// `url` in its place.
package struct AddressMigration {
  private let text: SourceText
  /// The changes for each path, by the place of its key.
  private var edits: [Place: [TextEdit]] = [:]
  /// Bases with a path of which they cannot be the whole address, by the places of their keys.
  private var heldBases: Set<Place> = []

  private struct Place: Hashable {
    let line: Int
    let column: Int

    init(_ mark: SourceMark) { (line, column) = (mark.line, mark.column) }
  }

  /// The address of a requester as it is written.
  private struct Address {
    let baseKey: String
    let base: ManifestNode
    let path: ManifestNode
    let url: String
  }

  init(_ subject: Subject, _ text: SourceText) {
    self.text = text
    let requesters = subject.components("HttpRequester")
    var byPath: [Place: [Address?]] = [:]
    var byBase: [Place: [Place?]] = [:]
    for visit in requesters {
      let address = Self.address(of: visit)
      let path = visit["path"]?.keyMark.map(Place.init)
      if let path { byPath[path, default: []].append(address) }
      if let base = Self.base(of: visit)?.node.keyMark { byBase[Place(base), default: []].append(address == nil ? nil : path) }
    }
    for (place, addresses) in byPath {
      // A path that several requesters share is joined where all of them have the same base.
      guard let first = addresses.first, let address = first, addresses.allSatisfy({ $0?.url == address.url }),
        let baseMark = address.base.keyMark
      else { continue }
      if isBeside(baseMark, address.path.keyMark) {
        // All that have the base get their own address, or this one.
        guard byBase[Place(baseMark)]?.contains(nil) == false, let joined = joined(address) else { continue }
        edits[place] = joined
      } else if let replaced = replaced(address) {
        edits[place] = replaced
      }
    }
    for visit in requesters {
      guard let path = visit["path"]?.keyMark, edits[Place(path)] == nil, let base = Self.base(of: visit)?.node.keyMark else {
        continue
      }
      heldBases.insert(Place(base))
    }
  }

  /// Whether the base whose key is at `mark` can be a `url`: not where it has to stay beside a `path`, which would have a new
  /// name for one half and the old one for the other.
  func allowsRenaming(at mark: SourceMark) -> Bool { !heldBases.contains(Place(mark)) }

  /// The changes that write the path whose key is at `mark` into a `url`; none if that needs an author.
  func edits(at mark: SourceMark) -> [TextEdit] { edits[Place(mark)] ?? [] }

  /// What a requester's address is made of, for comparing it before and after; nil for what is not a text.
  package static func joined(_ visit: ComponentVisit) -> String? {
    guard let base = base(of: visit)?.node.string else { return nil }
    guard let path = visit["path"] else { return base }
    return path.string.map { RequestURL.concatenated(base, $0) }
  }

  private static func base(of visit: ComponentVisit) -> (key: String, node: ManifestNode)? {
    // As requests are made: `url_base` comes first.
    for key in ["url_base", "url"] {
      if let node = visit[key], node.string != "" { return (key, node) }
    }
    return nil
  }

  /// The address, where joining its parts as texts gives what joining them for each request gives.
  private static func address(of visit: ComponentVisit) -> Address? {
    guard let (key, base) = base(of: visit), let path = visit["path"], let start = base.string, let end = path.string,
      !visit.isParameter("path", path), !visit.isParameter(key, base), isWhole(start),
      !start.contains(where: { "?#".contains($0) })
    else { return nil }
    let segments = end.drop { $0 == "/" }.split(separator: "/", omittingEmptySubsequences: false)
    // A template at the start may give a whole address, or nothing.
    guard let first = segments.first, !first.isEmpty, !first.hasPrefix("{"), !first.contains(":"),
      !segments.dropLast().contains(where: { $0.isEmpty }), !segments.contains(where: { [".", ".."].contains($0) }),
      !dependsOnBase(visit)
    else { return nil }
    return Address(baseKey: key, base: base, path: path, url: RequestURL.concatenated(start, end))
  }

  /// Whether a base is an address of its own, whatever its templates give: what ends with a template may end with a slash.
  private static func isWhole(_ base: String) -> Bool {
    if base.hasPrefix("http") { return true }
    guard let last = base.last, base.hasPrefix("{{") else { return false }
    return last != "}" && last != "/" && !base.contains("{%")
  }

  /// Whether something other than the request uses the base, or puts another path after it.
  private static func dependsOnBase(_ visit: ComponentVisit) -> Bool {
    let authenticator = visit["authenticator"]?["type"]?.string ?? ""
    if authenticator == "LegacySessionTokenAuthenticator" || authenticator.hasPrefix("Custom") { return true }
    guard let retriever = visit.enclosing("SimpleRetriever", "AsyncRetriever", "CustomRetriever") else { return false }
    let paginator = retriever["paginator"]
    return retriever.isCustom || paginator?["type"]?.string?.hasPrefix("Custom") == true
      || paginator?["page_token_option"]?["type"]?.string == "RequestPath"
  }

  // MARK: The text

  /// Whether two keys are in one mapping of the text.
  private func isBeside(_ one: SourceMark, _ other: SourceMark?) -> Bool {
    guard let other, one.file === other.file else { return false }
    if one.line == other.line { return true }
    guard one.column == other.column else { return false }
    let between = (min(one.line, other.line) + 1)..<max(one.line, other.line)
    return between.allSatisfy { text.indent(ofLine: $0).map { $0 >= one.column - 1 } ?? true }
  }

  /// The base with the path behind it, and the path's entry gone.
  private func joined(_ address: Address) -> [TextEdit]? {
    guard let removal = removal(of: "path", address.path), let key = address.base.keyMark,
      let name = text.range(of: address.baseKey, at: key), let value = scalar(address.base)
    else { return nil }
    return [TextEdit(name, "url"), TextEdit(value, YAMLScalar.text(address.url, like: text.bytes[value])), removal]
  }

  /// The path's entry as a whole address.
  private func replaced(_ address: Address) -> [TextEdit]? {
    guard let key = address.path.keyMark, let name = text.range(of: "path", at: key), let value = scalar(address.path) else {
      return nil
    }
    return [TextEdit(name, "url"), TextEdit(value, YAMLScalar.text(address.url, like: text.bytes[value]))]
  }

  /// The bytes of a string on one line, that of its key.
  private func scalar(_ node: ManifestNode) -> Range<Int>? {
    guard let key = node.keyMark, let mark = node.mark, mark.file === key.file, mark.line == key.line,
      let start = text.offset(of: mark), let value = node.string
    else { return nil }
    guard let line = text.line(mark.line), line.contains(start) else { return nil }
    let quote = text.bytes[start]
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      let range = start..<(start + value.utf8.count)
      return range.upperBound <= line.upperBound && text.bytes[range].elementsEqual(value.utf8) ? range : nil
    }
    // Texts with escapes are for their authors.
    let range = start..<(start + value.utf8.count + 2)
    guard range.upperBound <= line.upperBound, text.bytes[range.upperBound - 1] == quote,
      text.bytes[(start + 1)..<(range.upperBound - 1)].elementsEqual(value.utf8)
    else { return nil }
    return range
  }

  /// Takes an entry out of its mapping. A comment behind it stays.
  private func removal(of name: String, _ node: ManifestNode) -> TextEdit? {
    guard let mark = node.keyMark, let key = text.range(of: name, at: mark), let value = scalar(node),
      let start = text.offset(of: mark), let line = text.line(mark.line)
    else { return nil }
    let bytes = text.bytes
    func skipBlanks(_ index: Int) -> Int { bytes[index..<line.upperBound].firstIndex { $0 != 0x20 } ?? line.upperBound }
    let behind = skipBlanks(value.upperBound)
    let isFirst = bytes[line.lowerBound..<start].allSatisfy { $0 == 0x20 }
    if isFirst, behind == line.upperBound || [0x0A, 0x0D].contains(bytes[behind]) { return TextEdit(line, "") }
    guard behind < line.upperBound else { return nil }
    if isFirst, bytes[behind] == UInt8(ascii: "#") { return TextEdit(start..<behind, "") }
    // In braces: with the comma behind it, or before it.
    if bytes[behind] == UInt8(ascii: ",") { return TextEdit(start..<skipBlanks(behind + 1), "") }
    guard let before = bytes[line.lowerBound..<key.lowerBound].lastIndex(where: { $0 != 0x20 }),
      bytes[before] == UInt8(ascii: ",")
    else { return nil }
    return TextEdit(before..<value.upperBound, "")
  }
}

/// Strings as YAML writes them on one line.
enum YAMLScalar {
  /// - Parameter like: what was there before, whose quotes are used if they fit.
  static func text(_ value: String, like source: ArraySlice<UInt8>) -> String {
    let isPlain = value.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: ":/._-~%=&".utf8.contains(byte)
      }
    }
    let isQuoted = source.first == UInt8(ascii: "'") || source.first == UInt8(ascii: "\"")
    if isPlain, !isQuoted, !value.contains(": ") { return value }
    let prefersDouble = source.first == UInt8(ascii: "\"") || !isQuoted
    if prefersDouble, !value.contains("\""), !value.contains("\\") { return "\"\(value)\"" }
    return "'\(value.replacing("'", with: "''"))'"
  }
}
