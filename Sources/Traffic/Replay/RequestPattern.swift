import ConnectorModel
import JSON

/// A recorded request as others are compared with it: what is masked in it matches anything.
struct RequestPattern: Sendable {
  let shape: RequestShape
  private let place: TextPattern
  private let query: [(name: TextPattern, value: TextPattern)]
  let mask: RequestMask

  /// Whether something is masked.
  var isOpen: Bool { mask.size > 0 }

  init(_ shape: RequestShape) {
    self.shape = shape
    place = TextPattern(shape.place)
    query = shape.query.map { (TextPattern($0.name), TextPattern($0.value)) }
    let isBodyOpen =
      switch shape.body {
      case .none: false
      case .unknown: true
      case .json(let value): value.hasPlaceholder
      case .form(let fields): fields.contains { TextPattern($0.name).isOpen || TextPattern($0.value).isOpen }
      case .bytes(let data): !Placeholder.ranges(in: data).isEmpty
      }
    mask = RequestMask(
      isPlaceOpen: place.isOpen, hasOpenNames: query.contains(where: \.name.isOpen),
      parameters: Set(shape.query.filter { TextPattern($0.value).isOpen }.map(\.name)), isBodyOpen: isBodyOpen)
  }

  /// The same for requests that are recorded as one, but for their secrets.
  var skeleton: String {
    let fields = query.map { "\($0.name.skeleton)=\($0.value.skeleton)" }
    return ([shape.method, place.skeleton] + fields + [TextPattern(shape.body.text).skeleton]).joined(separator: "\n")
  }

  func matches(_ request: RequestShape) -> Bool { differences(of: request).isEmpty }

  /// What of a request is not as it was recorded, each as a phrase.
  func differences(of request: RequestShape) -> [RequestDifference] {
    var found: [RequestDifference] = []
    if request.method != shape.method {
      found.append(.init(weight: 8, "the method is \(request.method), recorded \(shape.method)"))
    }
    if !place.matches(request.place) { found.append(placeDifference(request.place)) }
    found += Self.differences("parameter", of: request.query, from: shape.query)
    switch (shape.body, request.body) {
    case (.unknown, _), (.none, .none): break
    case (.json(let recorded), .json(let sent)):
      if let path = recorded.difference(of: sent) { found.append(.init(weight: 2, path)) }
    case (.form(let recorded), .form(let sent)): found += Self.differences("form field", of: sent, from: recorded)
    default:
      let (recorded, sent) = (shape.body.text, request.body.text)
      if !TextPattern(recorded).matches(sent) {
        found.append(.init(weight: 2, "the body is \(Self.quoted(sent)), recorded \(Self.quoted(recorded))"))
      }
    }
    return found
  }

  private func placeDifference(_ sent: String) -> RequestDifference {
    let (recordedSteps, sentSteps) = (shape.place.split(separator: "/"), sent.split(separator: "/"))
    let same = zip(recordedSteps, sentSteps).filter { $0 == $1 }.count
    let host = recordedSteps.dropFirst().first == sentSteps.dropFirst().first
    return .init(
      weight: (host ? 3 : 24) + max(recordedSteps.count, sentSteps.count) - same,
      "the address is \(sent), recorded \(shape.place)")
  }

  private static func differences(
    _ kind: String, of sent: [RequestShape.Field], from recorded: [RequestShape.Field]
  ) -> [RequestDifference] {
    var found: [RequestDifference] = []
    let (recorded, sent) = withoutOpenNames(recorded, sent)
    let names = Set(recorded.map(\.name)).union(sent.map(\.name)).sorted()
    let (recordedValues, sentValues) = (values(recorded), values(sent))
    for name in names {
      let (before, now) = (recordedValues[name], sentValues[name])
      switch (before, now) {
      case (let before?, let now?):
        guard before.count != now.count || !areMatched(before, now) else { continue }
        found.append(.init(weight: 1, "\(kind) `\(name)` is \(list(now)), recorded \(list(before))"))
      case (let before?, nil): found.append(.init(weight: 2, "\(kind) `\(name)` is missing, recorded \(list(before))"))
      case (nil, let now?): found.append(.init(weight: 2, "\(kind) `\(name)` is \(list(now)), and was not sent when recording"))
      case (nil, nil): break
      }
    }
    return found
  }

  /// What is left of fields when each whose recorded name is masked has found one that may be it.
  private static func withoutOpenNames(
    _ recorded: [RequestShape.Field], _ sent: [RequestShape.Field]
  ) -> (recorded: [RequestShape.Field], sent: [RequestShape.Field]) {
    guard recorded.contains(where: { TextPattern($0.name).isOpen }) else { return (recorded, sent) }
    let known = Set(recorded.map(\.name))
    var (unmatched, rest) = (recorded, sent)
    // Those that leave no choice come first.
    let open = recorded.filter { TextPattern($0.name).isOpen }
    for field in open.filter({ !TextPattern($0.value).isOpen }) + open.filter({ TextPattern($0.value).isOpen }) {
      let (name, value) = (TextPattern(field.name), TextPattern(field.value))
      let fitting = rest.firstIndex { !known.contains($0.name) && name.matches($0.name) && value.matches($0.value) }
      guard let fitting, let place = unmatched.firstIndex(of: field) else { continue }
      rest.remove(at: fitting)
      unmatched.remove(at: place)
    }
    return (unmatched, rest)
  }

  private static func values(_ fields: [RequestShape.Field]) -> [String: [String]] {
    Dictionary(grouping: fields, by: \.name).mapValues { $0.map(\.value) }
  }

  /// Whether each of some values is that of a pattern of its own; those that leave no choice come first.
  private static func areMatched(_ patterns: [String], _ values: [String]) -> Bool {
    var rest = values
    let patterns = patterns.map(TextPattern.init)
    for pattern in patterns.filter({ !$0.isOpen }) + patterns.filter(\.isOpen) {
      guard let place = rest.firstIndex(where: pattern.matches) else { return false }
      rest.remove(at: place)
    }
    return true
  }

  private static func list(_ values: [String]) -> String { values.map(quoted).joined(separator: " and ") }

  private static func quoted(_ text: String) -> String { "'\(text.count > 80 ? text.prefix(80) + "…" : text)'" }
}

/// A way in which a request is not as it was recorded.
struct RequestDifference: Sendable {
  /// How much it tells requests apart.
  let weight: Int
  let phrase: String

  init(weight: Int, _ phrase: String) {
    self.weight = weight
    self.phrase = phrase
  }
}

/// What of a recorded request is masked. Requests are found by the rest.
struct RequestMask: Sendable, Hashable {
  let isPlaceOpen: Bool
  /// Whether names of parameters are masked.
  let hasOpenNames: Bool
  let parameters: Set<String>
  let isBodyOpen: Bool

  var size: Int { parameters.count + (isPlaceOpen ? 4 : 0) + (isBodyOpen ? 2 : 0) + (hasOpenNames ? 8 : 0) }

  /// What is not masked of a request.
  func key(of shape: RequestShape) -> String {
    let fields =
      hasOpenNames ? [] : shape.query.map { parameters.contains($0.name) ? $0.name : "\($0.name)=\($0.value)" }
    return ([shape.method, isPlaceOpen ? "" : shape.place] + fields + [isBodyOpen ? "" : shape.body.text]).joined(separator: "\n")
  }
}

extension RequestShape {
  /// The same for requests that mean the same.
  var canonicalText: String { ([method, place] + query.map { "\($0.name)=\($0.value)" } + [body.text]).joined(separator: "\n") }
}

extension RequestShape.Body {
  /// The same for bodies that mean the same.
  fileprivate var text: String {
    switch self {
    case .none, .unknown: ""
    case .json(let value): value.canonicalText
    case .form(let fields): fields.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    case .bytes(let data): String(decoding: data, as: UTF8.self)
    }
  }
}

extension JSONValue {
  fileprivate var hasPlaceholder: Bool {
    switch self {
    case .string(let text): TextPattern(text).isOpen
    case .array(let elements): elements.contains(where: \.hasPlaceholder)
    case .object(let members): members.contains { TextPattern($0.key).isOpen || $0.value.hasPlaceholder }
    default: false
    }
  }

  /// The first difference of another value from this one, which may have placeholders; nil if there is none.
  fileprivate func difference(of other: JSONValue, at path: String = "") -> String? {
    switch (self, other) {
    case (.object(let recorded), .object(let sent)):
      var sent = sent
      for (name, value) in recorded where TextPattern(name).isOpen {
        let pattern = TextPattern(name)
        let fitting = sent.first { recorded[$0.key] == nil && pattern.matches($0.key) && value.difference(of: $0.value) == nil }
        guard let fitting else {
          return "`\(path.isEmpty ? name : "\(path).\(name)")` of the body is missing, recorded \(value.shown)"
        }
        sent[fitting.key] = nil
      }
      for (name, value) in recorded where !TextPattern(name).isOpen {
        let inner = path.isEmpty ? name : "\(path).\(name)"
        guard let now = sent[name] else { return "`\(inner)` of the body is missing, recorded \(value.shown)" }
        if let difference = value.difference(of: now, at: inner) { return difference }
      }
      guard let name = sent.keys.first(where: { recorded[$0] == nil }) else { return nil }
      return "`\(path.isEmpty ? name : "\(path).\(name)")` of the body was not sent when recording"
    case (.array(let recorded), .array(let sent)) where recorded.count == sent.count:
      for (place, value) in recorded.enumerated() {
        if let difference = value.difference(of: sent[place], at: "\(path)[\(place)]") { return difference }
      }
      return nil
    case (.string(let text), _) where TextPattern(text).isOpen && other.count == 0:
      if TextPattern(text).matches(other.string ?? other.jsonText) { return nil }
    default: if equals(other) { return nil }
    }
    return "\(path.isEmpty ? "the body" : "`\(path)` of the body") is \(other.shown), recorded \(shown)"
  }

  private var shown: String {
    let text = jsonText
    return text.count > 80 ? text.prefix(80) + "…" : text
  }
}
