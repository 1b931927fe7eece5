import JSON
import YAML

/// Changes to a part of a manifest, which keep the places of everything that stays.
extension ManifestValue {
  /// The same value with `value` wherever `path` leads to something, as `dpath.set` does, and how many places that were.
  func setting(_ path: JSONGlobPath, to value: ManifestValue) -> (value: ManifestValue, count: Int) {
    if path.segments.isEmpty { return (self, 0) }
    var trail: [UInt64] = []
    var count = 0
    return (setting(path, to: value, &trail, &count), count)
  }

  private func setting(
    _ path: JSONGlobPath, to value: ManifestValue, _ trail: inout [UInt64], _ count: inout Int
  ) -> ManifestValue {
    // Without `**` nothing deeper than the path can match.
    if path.deepStar == nil, trail.count >= path.matchers.count { return self }
    let before = count
    func child(_ step: PathStep, _ child: ManifestValue, _ trail: inout [UInt64], _ count: inout Int) -> ManifestValue {
      let mask = path.mask(of: step)
      trail.append(mask)
      defer { trail.removeLast() }
      if path.matches(trail) {
        count += 1
        return value
      }
      // Before the `**`, each step has to match the segment of its own place.
      let depth = trail.count - 1
      if path.deepStar.map({ depth < $0 }) ?? true, mask & 1 << UInt64(min(depth, 63)) == 0 { return child }
      return child.setting(path, to: value, &trail, &count)
    }
    switch content {
    case .mapping(let mapping):
      let entries = mapping.entries.map { $0.with(child(.key($0.key), $0.value, &trail, &count)) }
      return count == before ? self : with(.mapping(ManifestMapping(entries)))
    case .sequence(let elements):
      let changed = elements.enumerated().map { child(.index($0.offset, of: elements.count), $0.element, &trail, &count) }
      return count == before ? self : with(.sequence(changed))
    default: return self
    }
  }

  /// The same value with `value` at a path without globs, creating what is missing, as `dpath.new` does: a list where the next
  /// segment is an integer or only digits, else a mapping; lists are filled up with nulls.
  /// - Throws: ``ConnectorError`` if the path leads through a scalar, or a list meets another key than an index.
  func creating(_ path: ArraySlice<JSONPathSegment>, _ value: ManifestValue) throws -> ManifestValue {
    guard let segment = path.first else { return value }
    let rest = path.dropFirst()
    func inner(_ child: ManifestValue?) throws -> ManifestValue {
      guard let next = rest.first else { return value }
      let start = child ?? ManifestValue(next.listIndex == nil ? .mapping(ManifestMapping([])) : .sequence([]), mark: value.mark)
      return try start.creating(rest, value)
    }
    switch content {
    case .mapping(let mapping):
      var entries = mapping.entries
      if let place = mapping.place(of: segment.text) {
        entries[place] = entries[place].with(try inner(entries[place].value))
      } else {
        entries.append(ManifestEntry(key: segment.text, value: try inner(nil)))
      }
      return with(.mapping(ManifestMapping(entries)))
    case .sequence(var elements):
      guard let written = segment.listIndex else {
        throw failure("`\(segment.text)` is not an index of the list that it points into")
      }
      let index = written < 0 ? elements.count + written : written
      guard index >= 0, index < Self.maximumListLength else {
        throw failure("\(written) is not an index of a list of \(elements.count)")
      }
      let isNew = index >= elements.count
      if isNew { elements += Array(repeating: ManifestValue(.null, mark: value.mark), count: index + 1 - elements.count) }
      elements[index] = try inner(isNew ? nil : elements[index])
      return with(.sequence(elements))
    default: throw failure("the path leads through \(kindName) to `\(segment.text)`")
    }
  }

  /// The longest list that creating a path may fill up with nulls.
  private static let maximumListLength = 100_000

  private func failure(_ sentence: String) -> ConnectorError {
    ConnectorError(
      .system, "A value cannot be put into the stream's template: \(sentence)", at: mark)
  }

  /// Another content in the same place.
  func with(_ content: Content) -> ManifestValue { ManifestValue(content, mark: mark, reference: reference) }

  /// The same value as if everything in it was written where `mark` is: for values that came about elsewhere.
  func placed(at mark: SourceMark?) -> ManifestValue {
    switch content {
    case .mapping(let mapping):
      ManifestValue(.mapping(ManifestMapping(mapping.entries.map { $0.with($0.value.placed(at: mark)) })), mark: mark)
    case .sequence(let elements): ManifestValue(.sequence(elements.map { $0.placed(at: mark) }), mark: mark)
    default: ManifestValue(content, mark: mark)
    }
  }
}

extension ManifestNode {
  /// The same node with `value` at the last of `keys`; unchanged where the mapping that should hold it is missing.
  func setting(_ value: ManifestValue, at keys: [String]) -> ManifestNode {
    var owner: ManifestNode? = self
    for key in keys.dropLast() { owner = owner?[key] }
    guard owner?.stored.mapping != nil, let changed = try? stored.creating(keys.map { .key($0) }[...], value) else { return self }
    return ManifestNode(changed, at: ManifestPath(start: path))
  }
}
