import AirbyteProtocol
import ConnectorModel
import JSON

/// A path into a record as `dpath.get` of the reference takes it: keys, list indices (negative ones from the end), and globs,
/// which may match one place only.
struct RecordPath: Sendable, Hashable {
  let segments: [String]
  private let keys: [JSONKey]
  private let hasGlob: Bool

  /// Keys one by one, as `extra_fields` has them.
  init(_ segments: [String]) {
    self.segments = segments
    keys = segments.map { JSONKey($0) }
    hasGlob = segments.contains { $0.contains { "*?[".contains($0) } }
  }

  /// Keys joined by `/`, as `parent_key` has them.
  init(joined text: String) {
    let trimmed = text.drop { $0 == "/" }
    self.init(trimmed.isEmpty ? [] : trimmed.split(separator: "/", omittingEmptySubsequences: false).map(String.init))
  }

  /// The value at the path; the whole record for an empty path.
  /// - Throws: ``ConnectorError`` if a glob matches more than one place.
  func value(in record: borrowing Record) throws -> JSONValue? {
    if hasGlob { return try onlyMatch(in: .object(record.object)) }
    guard let first = keys.first else { return .object(record.object) }
    guard var field = record[first] else { return nil }
    for (key, segment) in zip(keys, segments).dropFirst() {
      guard let inner = Self.element(segment, of: field) ?? field[key] else { return nil }
      field = inner
    }
    return field.value
  }

  private static func element(_ segment: String, of field: Record.Field) -> Record.Field? {
    switch field {
    case .view(let view):
      guard view.kind == .array, let index = index(segment, count: view.count) else { return nil }
      return view[index].map { .view($0) }
    case .value(.array(let elements)):
      return index(segment, count: elements.count).map { .value(elements[$0]) }
    case .value, .object: return nil
    }
  }

  private static func index(_ segment: String, count: Int) -> Int? {
    guard let index = Int(segment) else { return nil }
    let place = index < 0 ? index + count : index
    return (0..<count).contains(place) ? place : nil
  }

  // MARK: Globs

  private func onlyMatch(in value: JSONValue) throws -> JSONValue? {
    var matches: [JSONValue] = []
    collect(value, segments[...], &matches)
    guard matches.count <= 1 else {
      throw ConnectorError(.system, "The path `\(segments.joined(separator: "/"))` matches more than one place of a record")
    }
    return matches.first
  }

  /// Goes as deep as the path has segments, or with `**` as the record has levels, which the parser bounds.
  private func collect(_ value: JSONValue, _ rest: ArraySlice<String>, _ matches: inout [JSONValue]) {
    guard matches.count < 2 else { return }
    guard let segment = rest.first else { return matches.append(value) }
    let isDeep = segment == "**"
    if isDeep { collect(value, rest.dropFirst(), &matches) }
    let following = isDeep ? rest : rest.dropFirst()
    switch value {
    case .object(let object):
      for (key, inner) in object where isDeep || Self.matches(Array(key.unicodeScalars), Array(segment.unicodeScalars)) {
        collect(inner, following, &matches)
      }
    case .array(let elements):
      let wanted = Self.index(segment, count: elements.count)
      for (index, inner) in elements.enumerated()
      where isDeep || wanted == index || Self.matches(Array(String(index).unicodeScalars), Array(segment.unicodeScalars)) {
        collect(inner, following, &matches)
      }
    default: break
    }
  }

  /// Python's `fnmatchcase`: `*`, `?`, `[abc]`, `[a-z]`, `[!a]`; without recursion.
  private static func matches(_ text: [Unicode.Scalar], _ glob: [Unicode.Scalar]) -> Bool {
    var (at, place) = (0, 0)
    var retry: (at: Int, place: Int)?
    while at < text.count {
      if place < glob.count, glob[place] == "*" {
        retry = (at, place + 1)
        place += 1
      } else if let next = step(text[at], glob, place) {
        at += 1
        place = next
      } else if let last = retry {
        retry = (last.at + 1, last.place)
        (at, place) = (last.at + 1, last.place)
      } else {
        return false
      }
    }
    return glob[place...].allSatisfy { $0 == "*" }
  }

  /// The place after the part of the glob that matches one character; nil if it does not.
  private static func step(_ scalar: Unicode.Scalar, _ glob: [Unicode.Scalar], _ place: Int) -> Int? {
    guard place < glob.count else { return nil }
    guard glob[place] == "[" else { return glob[place] == "?" || glob[place] == scalar ? place + 1 : nil }
    var first = place + 1
    let isNegated = first < glob.count && glob[first] == "!"
    if isNegated { first += 1 }
    // A bracket that is first belongs to the set.
    guard first < glob.count, let close = glob[(first + 1)...].firstIndex(of: "]") else { return scalar == "[" ? place + 1 : nil }
    var isIn = false
    var index = first
    while index < close {
      if index + 2 < close, glob[index + 1] == "-" {
        if glob[index] <= scalar, scalar <= glob[index + 2] { isIn = true }
        index += 3
      } else {
        if glob[index] == scalar { isIn = true }
        index += 1
      }
    }
    return isIn != isNegated ? close + 1 : nil
  }
}
