import JSON

/// Finds the field that shows what has changed, from the parameters that filter by time.
struct CursorFinder {
  let reader: SchemaReader

  private static let startWords: Set<String> = [
    "since", "after", "from", "gte", "ge", "gt", "min", "start", "begin", "newer", "starting",
  ]
  private static let endWords: Set<String> = ["until", "before", "to", "lte", "le", "lt", "max", "end", "older", "ending"]
  private static let changeWords: Set<String> = [
    "updated", "modified", "changed", "update", "modification", "edited", "updatedat",
  ]
  private static let creationWords: Set<String> = ["created", "creation", "create", "added", "createdat", "inserted"]
  private static let timeWords: Set<String> = ["date", "time", "datetime", "timestamp", "day", "at", "on"]

  /// What a filter compares.
  private enum Subject: Int { case change, creation, time }

  private struct Filter {
    let parameter: DescribedAPI.Parameter
    let subject: Subject
    let format: String
    /// Its words without those that say on which side it is, by which its partner is found.
    let stem: [String]
    let isInclusive: Bool
  }

  /// - Parameter record: the schema of the records.
  func find(in operation: DescribedAPI.Operation, record: DocumentNode, notes: inout [FoundNote]) -> FoundCursor? {
    let starts = operation.parameters.compactMap { filter($0, Self.startWords) }
    let best = starts.enumerated().min { one, other in
      (one.element.subject.rawValue, one.element.isInclusive ? 0 : 1, one.offset)
        < (other.element.subject.rawValue, other.element.isInclusive ? 0 : 1, other.offset)
    }?.element
    guard let best else { return nil }
    guard let (field, node) = field(for: best, in: record) else {
      let text =
        "The parameter `\(best.parameter.name)` filters by time, but it is not clear which field of the records it compares: "
        + "the stream is read whole each time."
      notes.append(.init(topic: .cursor, text: text))
      return nil
    }
    let ends = operation.parameters.compactMap { filter($0, Self.endWords) }
    let end = ends.first { $0.stem == best.stem && $0.format == best.format }
    return FoundCursor(
      field: field, formats: formats(of: node, best.format), requestFormat: best.format, start: best.parameter.name,
      end: end?.parameter.name, granularity: best.format == "%Y-%m-%d" ? "P1D" : best.format == "%ms" ? "PT0.001S" : "PT1S")
  }

  // MARK: Filters

  private func filter(_ parameter: DescribedAPI.Parameter, _ sides: Set<String>) -> Filter? {
    guard parameter.place == .query, !parameter.isDeprecated else { return nil }
    let words = FieldWords.words(of: parameter.name)
    guard let side = words.last(where: sides.contains) ?? words.first(where: sides.contains) else { return nil }
    let stem = words.filter { !Self.startWords.contains($0) && !Self.endWords.contains($0) }
    let note = parameter.note?.lowercased() ?? ""
    let isAboutChange = stem.contains(where: Self.changeWords.contains)
    let isAboutCreation = stem.contains(where: Self.creationWords.contains)
    let isAboutTime = stem.contains(where: Self.timeWords.contains) || stem.isEmpty
    // Prices have a minimum, too.
    guard isAboutChange || isAboutCreation || isAboutTime else { return nil }
    let namesTime = isAboutChange || isAboutCreation || stem.contains(where: Self.timeWords.contains)
    guard let format = format(of: parameter, note, isTime: namesTime) else { return nil }
    let subject: Subject
    if isAboutChange || stem.allSatisfy({ !Self.creationWords.contains($0) }) && Self.mentions(note, Self.changeWords) {
      subject = .change
    } else {
      subject = isAboutCreation || Self.mentions(note, Self.creationWords) ? .creation : .time
    }
    return Filter(
      parameter: parameter, subject: subject, format: format, stem: stem, isInclusive: side != "gt" && side != "lt")
  }

  private static func mentions(_ text: String, _ words: Set<String>) -> Bool {
    FieldWords.words(of: text).contains(where: words.contains)
  }

  /// The format of a parameter's value; nil if it is no time.
  private func format(of parameter: DescribedAPI.Parameter, _ note: String, isTime: Bool) -> String? {
    guard let schema = parameter.schema else { return nil }
    let shape = reader.shape(schema)
    let mentionsEpoch = ["unix", "epoch"].contains(where: note.contains)
    if shape.types.contains("integer") || shape.types == ["number"] {
      guard mentionsEpoch || note.contains("timestamp") || isTime || shape.format == "unix-time" else { return nil }
      return note.contains("millisecond") ? "%ms" : "%s"
    }
    guard shape.isText || shape.types.isEmpty else { return nil }
    switch shape.format?.lowercased() {
    case "date-time"?, "datetime"?: return "%Y-%m-%dT%H:%M:%SZ"
    case "date"?: return "%Y-%m-%d"
    case "unix-time"?: return "%s"
    default: break
    }
    let shown = parameter.example?.string ?? shape.example?.string ?? shape.defaultValue?.string ?? ""
    if let format = Self.format(like: shown) { return format }
    if mentionsEpoch { return note.contains("millisecond") ? "%ms" : "%s" }
    if note.contains("iso 8601") || note.contains("iso8601") || note.contains("iso-8601") || note.contains("rfc 3339")
      || note.contains("rfc3339") || note.contains("ddthh") || note.contains("timestamp")
    {
      return "%Y-%m-%dT%H:%M:%SZ"
    }
    if note.contains("yyyy-mm-dd") { return "%Y-%m-%d" }
    let saysTime = ["date", "time"].contains { FieldWords.words(of: note).contains($0) }
    guard isTime, saysTime || note.isEmpty else { return nil }
    let words = FieldWords.words(of: parameter.name)
    return words.contains("date") || words.contains("day") ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ"
  }

  private static func format(like text: String) -> String? {
    let form = String(text.map { $0.isNumber ? "0" : $0 })
    if form.hasPrefix("0000-00-00T00:00:00") { return "%Y-%m-%dT%H:%M:%SZ" }
    if form == "0000-00-00 00:00:00" { return "%Y-%m-%d %H:%M:%S" }
    if form == "0000-00-00" { return "%Y-%m-%d" }
    if form == "0000000000" { return "%s" }
    return nil
  }

  // MARK: Fields

  private func field(for filter: Filter, in record: DocumentNode) -> (name: String, node: DocumentNode)? {
    let times = reader.properties(of: record).filter { isTime($0.node, $0.name) }
    let stem = filter.stem.filter { !["at", "on", "filter", "query", "where"].contains($0) }
    // `updated_at` for `updated_since`, before anything that only says the same.
    if let exact = times.first(where: { FieldWords.words(of: $0.name).filter { $0 != "at" && $0 != "on" } == stem }),
      !stem.isEmpty
    {
      return exact
    }
    func first(_ wanted: Set<String>) -> (name: String, node: DocumentNode)? {
      times.first { FieldWords.words(of: $0.name).contains(where: wanted.contains) }
    }
    switch filter.subject {
    case .change: return first(Self.changeWords)
    case .creation: return first(Self.creationWords)
    case .time:
      if let same = times.first(where: { FieldWords.key($0.name) == stem.joined() }) { return same }
      let plain = times.filter { Self.timeWords.contains(FieldWords.key($0.name)) }
      // Which of several times is meant cannot be seen.
      return plain.count == 1 ? plain[0] : times.count == 1 ? times[0] : nil
    }
  }

  private func isTime(_ node: DocumentNode, _ name: String) -> Bool {
    let shape = reader.shape(node)
    if ["date-time", "date", "unix-time", "datetime"].contains(shape.format?.lowercased()) { return true }
    guard shape.isText || shape.isInteger || shape.types.isEmpty, !shape.isObject else { return false }
    let words = FieldWords.words(of: name)
    guard words.count <= 3 else { return false }
    let isNamed = words.contains {
      Self.timeWords.contains($0) || Self.changeWords.contains($0) || Self.creationWords.contains($0)
    }
    return isNamed && !words.contains("by") && !words.contains("zone") && !words.contains("user")
  }

  /// The formats of a field's values.
  private func formats(of node: DocumentNode, _ requested: String) -> [String] {
    let shape = reader.shape(node)
    if shape.isInteger, !shape.isText {
      return [requested == "%ms" || shape.note?.lowercased().contains("millisecond") == true ? "%ms" : "%s"]
    }
    switch shape.format?.lowercased() {
    case "date"?: return ["%Y-%m-%d"]
    case "date-time"?, "datetime"?: return Self.moments
    default: break
    }
    if let shown = shape.example?.string.flatMap({ Self.format(like: $0) }) {
      return shown.hasPrefix("%Y-%m-%dT") ? Self.moments : [shown]
    }
    return requested.hasPrefix("%Y-%m-%dT") ? Self.moments : requested == "%Y-%m-%d" ? Self.moments + ["%Y-%m-%d"] : [requested]
  }

  /// What `date-time` may be: with and without fractions and offsets.
  private static let moments = ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]
}
