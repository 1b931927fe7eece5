import AirbyteProtocol
import Manifest
import JSON
import YAML

extension ManifestValue {
  /// The same value with `value` at a path without globs, creating what is missing, as `dpath.new` does: a list where the next
  /// segment is an integer or only digits, else a mapping; lists are filled up with nulls.
  /// - Throws: ``ConnectorError`` if the path leads through a scalar, or a list meets another key than an index.
  package func creating(_ path: ArraySlice<JSONPathSegment>, _ value: ManifestValue) throws -> ManifestValue {
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
}

extension ManifestNode {
  /// The same node with `value` at the last of `keys`; unchanged where the mapping that should hold it is missing.
  package func setting(_ value: ManifestValue, at keys: [String]) -> ManifestNode {
    var owner: ManifestNode? = self
    for key in keys.dropLast() { owner = owner?[key] }
    guard owner?.stored.mapping != nil, let changed = try? stored.creating(keys.map { .key($0) }[...], value) else { return self }
    return ManifestNode(changed, at: ManifestPath(start: path))
  }
}
