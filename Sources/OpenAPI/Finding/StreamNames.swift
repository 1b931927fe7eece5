/// Names streams by their paths: the last step that is no parameter, with as many steps before it as tell it from the others.
enum StreamNames {
  /// - Returns: a name for each path, in their order; no two are equal.
  static func names(for paths: [String]) -> [String] {
    let steps = paths.map { path -> [String] in
      let names = PathSteps(path).names.map(FieldWords.snake).filter { !$0.isEmpty }
      return names.isEmpty ? ["records"] : names
    }
    let depths = paths.map { PathSteps($0).steps.count }
    // `pets/findByStatus` is about pets.
    var lengths = steps.map { own in
      let isVerb = FieldWords.words(of: own.last ?? "").first.map(PathSteps.verbs.contains) ?? false
      return min(isVerb ? 2 : 1, own.count)
    }
    func name(_ index: Int) -> String {
      let own = steps[index].suffix(lengths[index])
      return (own.dropLast().map(FieldWords.singular) + own.suffix(1)).joined(separator: "_")
    }
    // Of those with one name, the shortest path keeps it, and the others take in one step more.
    for _ in 0..<(steps.map(\.count).max() ?? 1) {
      let groups = Dictionary(grouping: paths.indices, by: name).values.filter { $0.count > 1 }
      if groups.isEmpty { break }
      for group in groups {
        let shortest = group.map { depths[$0] }.min() ?? 0
        let keepers = group.filter { depths[$0] == shortest }
        for index in group where keepers.count > 1 || index != keepers[0] {
          lengths[index] = min(lengths[index] + 1, steps[index].count)
        }
      }
    }
    var used: Set<String> = []
    return paths.indices.map { index in
      let plain = name(index)
      var unique = plain
      var number = 2
      while !used.insert(unique).inserted {
        unique = "\(plain)_\(number)"
        number += 1
      }
      return unique
    }
  }
}
