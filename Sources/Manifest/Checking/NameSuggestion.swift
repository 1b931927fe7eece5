/// Finds the name that was probably meant.
package enum NameSuggestion {
  /// The candidate nearest to `name`, where it is near enough to be a slip; the first of equals.
  package static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(name.lowercased().unicodeScalars)
    guard !letters.isEmpty, letters.count <= 100 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != name {
      let other = Array(candidate.lowercased().unicodeScalars)
      let allowed = max(1, max(letters.count, other.count) / 4)
      guard abs(other.count - letters.count) <= allowed else { continue }
      let distance = distance(letters, other)
      if distance <= allowed, distance < letters.count, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// How many letters must be inserted, removed, replaced or swapped with their neighbour.
  private static func distance(_ one: [Unicode.Scalar], _ two: [Unicode.Scalar]) -> Int {
    guard !one.isEmpty, !two.isEmpty else { return max(one.count, two.count) }
    var rows = [[Int](repeating: 0, count: two.count + 1), Array(0...two.count)]
    for i in 1...one.count {
      var row = [i] + [Int](repeating: 0, count: two.count)
      for j in 1...two.count {
        let change = rows[1][j - 1] + (one[i - 1] == two[j - 1] ? 0 : 1)
        row[j] = min(change, rows[1][j] + 1, row[j - 1] + 1)
        if i > 1, j > 1, one[i - 1] == two[j - 2], one[i - 2] == two[j - 1] { row[j] = min(row[j], rows[0][j - 2] + 1) }
      }
      rows = [rows[1], row]
    }
    return rows[1][two.count]
  }
}
