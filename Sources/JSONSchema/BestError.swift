import JSON
import Python

extension Collection where Element == ValidationError {
  /// The error that says most: the one highest up in the value, and within an `anyOf` or a `oneOf` the one of the alternative
  /// that the author meant, as its `type` (or another property with fixed values) shows; nil without errors.
  package var best: ValidationError? {
    self.min { ValidationError.isMoreTelling($0, $1) }?.best
  }

  /// The one that Python's `jsonschema.exceptions.best_match` picks.
  var pythonBestMatch: ValidationError? {
    guard var best = self.first else { return nil }
    for error in dropFirst() where error.relevance(from: 0).precedes(best.relevance(from: 0)) == .after { best = error }
    while !best.context.isEmpty {
      let depth = best.instancePath.count
      var ranked = best.context.map { ($0, $0.relevance(from: depth)) }
      // Two of them are enough, and which of equals comes first matters.
      for place in 0..<Swift.min(2, ranked.count) {
        var least = place
        for other in ranked.indices.dropFirst(place + 1) where ranked[other].1.precedes(ranked[least].1) == .before {
          least = other
        }
        ranked.insert(ranked.remove(at: least), at: place)
      }
      if ranked.count > 1, ranked[0].1.precedes(ranked[1].1) == .same { return best }
      best = ranked[0].0
    }
    return best
  }
}

extension ValidationError {
  /// This error, or the one inside it that says more: see ``Swift/Collection/best``.
  package var best: ValidationError {
    var error = self
    for _ in 0..<Checker.depthLimit {
      guard case .refused(let choice) = error.detail else { return error }
      if let unknown = choice.unknown { return error.unknownAlternative(unknown) }
      guard !error.context.isEmpty else { return error }
      let place = error.schemaPath.count
      let candidates = error.context.filter { inner in
        guard !choice.meant.isEmpty, case .index(let branch) = inner.schemaPath[place] else { return true }
        return choice.meant.contains(branch)
      }
      let branches = Set(candidates.map { $0.schemaPath[place] })
      guard let first = candidates.first else { return error }
      if branches.count == 1 {
        error = candidates.dropFirst().reduce(first) { Self.isMoreTelling($1, $0) ? $1 : $0 }
        continue
      }
      // The alternatives differ only in how far the value got in them.
      let deepest = candidates.map(\.instancePath.count).max() ?? 0
      let deep = candidates.filter { $0.instancePath.count == deepest }
      if deep.count != 1 { return error }
      error = deep[0]
    }
    return error
  }

  /// Higher up first, and alternatives last among equals.
  static func isMoreTelling(_ one: ValidationError, _ two: ValidationError) -> Bool {
    (one.instancePath.count, one.isWeak ? 1 : 0) < (two.instancePath.count, two.isWeak ? 1 : 0)
  }

  private var isWeak: Bool { keyword == "anyOf" || keyword == "oneOf" }

  /// The error of a property whose value is known to no alternative, or that is missing.
  private func unknownAlternative(
    _ unknown: (key: String, value: JSONValue?, allowed: [JSONValue])
  ) -> ValidationError {
    if let value = unknown.value {
      return ValidationError(
        instancePath: instancePath + [.key(unknown.key)], schemaPath: schemaPath, keyword: "enum",
        keywordValue: .array(unknown.allowed), instance: value, context: [], detail: .none, fitsType: false, dialect: dialect)
    }
    return ValidationError(
      instancePath: instancePath, schemaPath: schemaPath, keyword: "required",
      keywordValue: .array([.string(unknown.key)]), instance: instance, context: [],
      detail: .untold(unknown.key, unknown.allowed), fitsType: false, dialect: dialect)
  }

  /// What Python compares errors by.
  struct Relevance {
    let path: ArraySlice<PathElement>
    let isStrong: Bool
    let fitsType: Bool

    enum Order { case before, same, after }

    /// Deeper errors come before; at equal depth by path, weak keywords and those whose type fits first.
    func precedes(_ other: Relevance) -> Order {
      if path.count != other.path.count { return path.count > other.path.count ? .before : .after }
      for (one, two) in zip(path, other.path) where one != two {
        switch (one, two) {
        case (.index(let a), .index(let b)): return a < b ? .before : .after
        case (.key(let a), .key(let b)):
          return a.precedesInPython(b) ? .before : .after
        case (.index, .key): return .before
        case (.key, .index): return .after
        }
      }
      if isStrong != other.isStrong { return isStrong ? .after : .before }
      if fitsType != other.fitsType { return fitsType ? .before : .after }
      return .same
    }
  }

  func relevance(from depth: Int) -> Relevance {
    Relevance(path: pythonPaths.instance.dropFirst(depth), isStrong: !isWeak, fitsType: fitsType)
  }
}
