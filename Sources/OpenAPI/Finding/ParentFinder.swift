import JSON

/// Finds what fills the parameters of paths: the records of a parent stream, whose path is the beginning of theirs, or else the
/// config.
struct ParentFinder {
  let reader: SchemaReader
  private(set) var streams: [FoundStream]
  private let byShape: [String: Int]

  init(reader: SchemaReader, streams: [FoundStream]) {
    self.reader = reader
    self.streams = streams
    byShape = Dictionary(
      streams.enumerated().map { (Self.shape(PathSteps($0.element.path).steps[...]), $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }

  /// A path without the names of its parameters.
  private static func shape(_ steps: ArraySlice<PathSteps.Step>) -> String {
    var steps = steps
    // `containers/json` lists what is below `containers`.
    while steps.count > 1, case .literal(let text)? = steps.last, PathSteps.listWords.contains(text.lowercased()) {
      steps.removeLast()
    }
    return steps.map { step in
      switch step {
      case .literal(let text): "/" + PathSteps.withoutSuffix(text)
      case .parameter: "/{}"
      }
    }.joined()
  }

  /// - Parameter inputs: takes in what only a user can know.
  mutating func fill(_ index: Int, _ inputs: inout [FoundInput]) {
    let stream = streams[index]
    let steps = PathSteps(stream.path).steps
    var values: [FoundPathValue] = []
    // From the end: the nearest parent knows what it was read with.
    var known: [String: FoundPathValue.Source] = [:]
    for (place, step) in steps.enumerated().reversed() {
      guard case .parameter(let names) = step else { continue }
      for name in names.reversed() {
        let source = known[name] ?? source(of: name, at: place, steps, stream, &known, &inputs)
        values.append(FoundPathValue(name: name, source: source))
      }
    }
    streams[index].pathValues = values.reversed()
  }

  private func source(
    of name: String, at place: Int, _ steps: [PathSteps.Step], _ stream: FoundStream,
    _ known: inout [String: FoundPathValue.Source], _ inputs: inout [FoundInput]
  ) -> FoundPathValue.Source {
    let parameter = stream.operation.parameter(name, in: .path)
    let shape = parameter?.schema.map { reader.shape($0) }
    if let choices = shape?.choices, choices.count == 1 { return .constant(choices[0]) }
    if let index = byShape[Self.shape(steps[..<place])], streams[index].name != stream.name,
      let key = key(name, of: streams[index])
    {
      let parent = streams[index]
      inherit(from: parent, at: steps[..<place], &known)
      return .parent(stream: parent.name, key: key)
    }
    // Alone in its path, a parameter may name the records of another stream: `/reports/{customer_id}` and `customers`.
    let others = steps.filter { if case .parameter = $0 { true } else { false } }.count
    if others == 1, let (parent, key) = namesake(name, of: stream) { return .parent(stream: parent, key: key) }
    let field = FieldWords.snake(name)
    let isPlain = field != "id" && field != "name"
    let before = steps[..<place].last.flatMap { step in
      if case .literal(let text) = step { FieldWords.singular(FieldWords.snake(text)) } else { nil }
    }
    let inputKey = isPlain ? field : [before, field].compactMap { $0 }.joined(separator: "_")
    if !inputs.contains(where: { $0.key == inputKey }) {
      inputs.append(
        FoundInput(
          key: inputKey, type: shape?.types == ["integer"] ? "integer" : "string",
          note: parameter?.note.flatMap { PlainText.sentence(of: $0) }, value: shape?.defaultValue,
          choices: shape?.choices ?? [], example: parameter?.example ?? shape?.example))
    }
    return .input(inputKey)
  }

  /// What the parent's own path was filled with fills the same places of its children's.
  private func inherit(
    from parent: FoundStream, at steps: ArraySlice<PathSteps.Step>, _ known: inout [String: FoundPathValue.Source]
  ) {
    var own = parent.pathValues.makeIterator()
    for step in steps {
      guard case .parameter(let names) = step else { continue }
      for name in names {
        guard let value = own.next() else { return }
        switch value.source {
        case .parent: known[name] = .ancestor(of: parent.name)
        case .ancestor, .input, .constant: known[name] = value.source
        }
      }
    }
  }

  /// The field of a parent's records that a parameter names.
  private func key(_ name: String, of parent: FoundStream) -> String? {
    let fields = reader.properties(of: parent.record).filter { property in
      let shape = reader.shape(property.node)
      return !shape.isObject && !shape.isArray
    }.map(\.name)
    let words = FieldWords.words(of: name)
    let wanted = FieldWords.key(name)
    if let exact = fields.first(where: { FieldWords.key($0) == wanted }) { return exact }
    // `pet_id` for `id`, `AccountSid` for `sid`, `issue_number` for `number`.
    for count in 1..<max(words.count, 2) {
      let end = words.suffix(words.count - count).joined()
      if !end.isEmpty, let field = fields.first(where: { FieldWords.key($0) == end }) { return field }
    }
    if let key = parent.primaryKey.first { return key }
    return fields.first { ["id", "name", "key", "slug"].contains(FieldWords.key($0)) }
  }

  /// A stream whose records a parameter names, wherever its path is: `team_gid` those of `/workspaces/{workspace_gid}/teams`.
  private func namesake(_ name: String, of stream: FoundStream) -> (stream: String, key: String)? {
    let words = FieldWords.words(of: name)
    guard words.count > 1, ["id", "uuid", "sid", "gid", "key", "slug", "number", "name"].contains(words.last) else { return nil }
    let owner = words.dropLast().joined(separator: "_")
    let candidates = streams.filter { other in
      other.name != stream.name && FieldWords.singular(FieldWords.snake(PathSteps(other.path).names.last ?? "")) == owner
        && !comes(other, from: stream.name)
    }
    guard let parent = candidates.min(by: { PathSteps($0.path).steps.count < PathSteps($1.path).steps.count }),
      let key = key(name, of: parent)
    else { return nil }
    return (parent.name, key)
  }

  /// Whether the parents of a stream, or theirs, are another stream.
  private func comes(_ stream: FoundStream, from name: String) -> Bool {
    var open = [stream]
    var seen: Set<String> = []
    while let next = open.popLast() {
      for case .parent(let parent, _) in next.pathValues.map(\.source) {
        if parent == name { return true }
        guard seen.insert(parent).inserted, let found = streams.first(where: { $0.name == parent }) else { continue }
        open.append(found)
      }
    }
    return false
  }
}
