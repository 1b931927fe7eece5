import JSON
import YAML

extension ManifestValue {
  /// The same value with `value` wherever `path` leads to something, as `dpath.set` does, and how many places that were.
  package func setting(_ path: JSONGlobPath, to value: ManifestValue) -> (value: ManifestValue, count: Int) {
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

  package func with(_ content: Content) -> ManifestValue { ManifestValue(content, mark: mark, reference: reference) }

  /// The same value as if everything in it was written where `mark` is: for values that came about elsewhere.
  package func placed(at mark: SourceMark?) -> ManifestValue {
    switch content {
    case .mapping(let mapping):
      ManifestValue(.mapping(ManifestMapping(mapping.entries.map { $0.with($0.value.placed(at: mark)) })), mark: mark)
    case .sequence(let elements): ManifestValue(.sequence(elements.map { $0.placed(at: mark) }), mark: mark)
    default: ManifestValue(content, mark: mark)
    }
  }
}
