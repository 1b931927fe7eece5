/// The entries of a mapping: merge keys applied, and each key once with its last value.
enum MappingBuilder {
  /// Nobody reads more, and a hostile text could ask for millions.
  private static let maximumWarnings = 1_000

  /// - Parameter items: keys and values in turn.
  static func entries(
    of items: [ComposedItem], in mark: SourceMark, warnings: inout [YAMLWarning]
  ) throws(YAMLError) -> [YAMLEntry] {
    var merged: [YAMLEntry] = []
    var own: [YAMLEntry] = []
    own.reserveCapacity(items.count / 2)
    for index in stride(from: 0, to: items.count - 1, by: 2) {
      let value = items[index + 1]
      switch items[index] {
      case .mergeKey: try merge(try value.value(), into: &merged)
      case .defaultKey(let mark): own.append(YAMLEntry(key: YAMLNode(.string("="), mark: mark), value: try value.value()))
      case .node(let key): own.append(YAMLEntry(key: key, value: try value.value()))
      }
    }
    if merged.isEmpty, hasDistinctNames(own) { return own }
    return try unique(merged + own, precededBy: merged.count, warnings: &warnings)
  }

  /// Whether all keys are strings and differ: this is nearly always so, and quick to check.
  private static func hasDistinctNames(_ entries: [YAMLEntry]) -> Bool {
    var names: Set<String> = []
    for (index, entry) in entries.enumerated() {
      guard case .string(let name) = entry.key.content else { return false }
      if entries.count > 8 {
        guard names.insert(name).inserted else { return false }
        continue
      }
      for earlier in entries[..<index] { if case .string(name) = earlier.key.content { return false } }
    }
    return true
  }

  private static func merge(_ node: YAMLNode, into merged: inout [YAMLEntry]) throws(YAMLError) {
    switch node.content {
    case .mapping, .set: merged += try mergeable(node)
    case .sequence(let items):
      // The first mapping of a list wins, so it comes last.
      for item in items.reversed() { merged += try mergeable(item) }
    default: throw YAMLError("'<<' takes a mapping or a list of mappings, found \(node.kindName)", at: node.mark)
    }
  }

  private static func mergeable(_ node: YAMLNode) throws(YAMLError) -> [YAMLEntry] {
    switch node.content {
    case .mapping(let entries): return entries
    case .set(let members): return members.map { YAMLEntry(key: $0, value: YAMLNode(.null, mark: $0.mark)) }
    default: throw YAMLError("'<<' merges mappings, found \(node.kindName)", at: node.mark)
    }
  }

  /// Keeps the first place and the last value of each key, as a Python dict does; warns where a mapping itself repeats a key.
  private static func unique(
    _ entries: [YAMLEntry], precededBy mergedCount: Int, warnings: inout [YAMLWarning]
  ) throws(YAMLError) -> [YAMLEntry] {
    var result: [YAMLEntry] = []
    result.reserveCapacity(entries.count)
    var isOwn: [Bool] = []
    isOwn.reserveCapacity(entries.count)
    var places: [HashableKey: Int] = [:]
    places.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      let key = try HashableKey(entry.key)
      guard let place = places[key] else {
        places[key] = result.count
        result.append(entry)
        isOwn.append(index >= mergedCount)
        continue
      }
      let first = result[place].key
      if isOwn[place], warnings.count < maximumWarnings {
        warnings.append(
          YAMLWarning(
            "the key \(quoting: key) is given twice; the last one counts", at: entry.key.mark,
            related: .init(message: "first given here", mark: first.mark)))
      }
      isOwn[place] = index >= mergedCount
      result[place] = YAMLEntry(key: YAMLNode(first.content, mark: entry.key.mark), value: entry.value)
    }
    return result
  }
}

/// A key that is equal for what Python counts as equal: 1, 1.0 and true are one key.
private enum HashableKey: Hashable, CustomStringConvertible {
  case null
  case int(Int)
  case bigInt(String)
  case double(Double)
  case string(String)
  case timestamp(String)
  case binary([UInt8])

  init(_ node: YAMLNode) throws(YAMLError) {
    switch node.content {
    case .null: self = .null
    case .bool(let value): self = .int(value ? 1 : 0)
    case .int(let value): self = .int(value)
    case .bigInt(let digits): self = .bigInt(digits)
    case .double(let value): self = Int(exactly: value).map { .int($0) } ?? .double(value)
    case .string(let text): self = .string(text)
    case .timestamp(let timestamp): self = .timestamp(timestamp.isoText)
    case .binary(let bytes): self = .binary(bytes)
    case .sequence, .mapping, .set, .pairs:
      if let template = SyntaxSentence.templateStart(node.mark) { throw YAMLError(SyntaxSentence.templateHint, at: template) }
      throw YAMLError("\(node.kindName) cannot be a key", at: node.mark)
    }
  }

  var description: String {
    switch self {
    case .null: "null"
    case .int(let value): "\(value)"
    case .bigInt(let digits): digits
    case .double(let value): "\(value)"
    case .string(let text): ScalarNumbers.quoted(text)
    case .timestamp(let text): text
    case .binary: "of binary data"
    }
  }
}
