/// The parameters in force, in order, each name once. Most lists are short, so a name is searched, and only in long ones looked up.
struct ParameterList {
  /// Nil for one that was removed.
  private var slots: [ManifestEntry?] = []
  /// The slots by name, where there are many.
  private var places: [String: Int]?
  private(set) var count = 0

  private static let shortLength = 16

  init(_ entries: [ManifestEntry] = []) { for entry in entries { set(entry) } }

  var isEmpty: Bool { count == 0 }
  var entries: [ManifestEntry] { slots.compactMap { $0 } }

  /// These in their order, overwritten by others, as two dictionaries are merged in Python.
  func merged(with others: ParameterList) -> ParameterList {
    var result = self
    for entry in others.entries { result.set(entry) }
    return result
  }

  /// Replaces the parameter of the same name in its place, or adds it at the end.
  mutating func set(_ entry: ManifestEntry) {
    if let place = place(of: entry.key) { slots[place] = entry } else { append(entry) }
  }

  /// Adds a parameter whose name is not among them.
  mutating func append(_ entry: ManifestEntry) {
    places?[entry.key] = slots.count
    slots.append(entry)
    count += 1
    if places == nil, slots.count > Self.shortLength { rebuild() }
  }

  mutating func remove(_ name: String) -> ManifestEntry? {
    guard let place = place(of: name) else { return nil }
    let entry = slots[place]
    slots[place] = nil
    places?[name] = nil
    count -= 1
    if slots.count > 2 * count + Self.shortLength { rebuild() }
    return entry
  }

  private func place(of name: String) -> Int? {
    places.map { $0[name] } ?? slots.firstIndex { $0?.key == name }
  }

  private mutating func rebuild() {
    slots = slots.filter { $0 != nil }
    places =
      slots.count > Self.shortLength
      ? Dictionary(slots.enumerated().map { ($0.element?.key ?? "", $0.offset) }, uniquingKeysWith: { first, _ in first }) : nil
  }
}
