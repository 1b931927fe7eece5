import ConnectorModel
import Essentials
import JSON
import JSONSchema
import Python

/// What a stub wants of a request.
indirect enum RequestCondition: Sendable {
  case method(TextCondition)
  case url(TextCondition)
  case path(TextCondition)
  /// A path with names in braces, and what their values have to be.
  case pathTemplate(PathTemplate, [(name: String, value: TextCondition)])
  case parameters(FieldConditions)
  case headers(FieldConditions)
  case cookies(FieldConditions)
  case form(FieldConditions)
  case body(BodyCondition)
  case not(RequestCondition)
  case all([RequestCondition])

  func holds(for request: MockRequest) -> Bool {
    switch self {
    case .method(let text): return text.holds(for: request.method)
    case .url(let text): return text.holds(for: request.target)
    case .path(let text): return text.holds(for: request.path)
    case .pathTemplate(let template, let wanted):
      guard let values = template.values(in: request.path) else { return false }
      return wanted.allSatisfy { name, condition in values[name].map(condition.holds) ?? false }
    case .parameters(let fields): return fields.hold(for: request.query)
    case .headers(let fields): return fields.hold(for: request.headers, ignoringCase: true)
    case .cookies(let fields): return fields.hold(for: request.cookies)
    case .form(let fields): return fields.hold(for: request.form)
    case .body(let body): return body.holds(for: request)
    case .not(let other): return !other.holds(for: request)
    case .all(let conditions): return conditions.allSatisfy { $0.holds(for: request) }
    }
  }
}

/// What a text has to be.
indirect enum TextCondition: Sendable {
  case anything
  case equal(String, ignoringCase: Bool = false)
  case containing(String)
  /// The whole text matches a regular expression.
  case matching(PythonPattern)
  /// The text itself, or what it is as a regular expression.
  case equalOrMatching(String, PythonPattern?)
  case schema(JSONSchema)
  case json(JSONCondition)
  case path(JSONPathQuery, TextCondition?)
  case base64(String)
  case not(TextCondition)
  case all([TextCondition])
  case any([TextCondition])

  func holds(for text: String) -> Bool {
    switch self {
    case .anything: return true
    case .equal(let wanted, let ignoresCase): return ignoresCase ? text.lowercased() == wanted.lowercased() : text == wanted
    case .containing(let part): return text.contains(part)
    case .matching(let pattern): return Self.isMatch(text, pattern)
    case .equalOrMatching(let wanted, let pattern): return text == wanted || pattern.map { Self.isMatch(text, $0) } ?? false
    case .schema(let schema): return Self.readings(of: text).contains { schema.isValid($0) }
    case .json(let condition): return (try? JSONValue(parsing: text)).map(condition.holds) ?? false
    case .path(let path, let inner):
      let found = (try? JSONValue(parsing: text)).map(path.values) ?? []
      guard let inner else { return found.contains { $0 != .array([]) && !$0.isNull } }
      return found.contains { inner.holds(for: $0.string ?? $0.jsonText) }
    case .base64(let wanted): return Data(base64Encoded: wanted) == Data(text.utf8)
    case .not(let other): return !other.holds(for: text)
    case .all(let conditions): return conditions.allSatisfy { $0.holds(for: text) }
    case .any(let conditions): return conditions.contains { $0.holds(for: text) }
    }
  }

  /// A text as a schema may mean it.
  private static func readings(of text: String) -> [JSONValue] {
    [.string(text)] + ((try? JSONValue(parsing: text)).map { [$0] } ?? [])
  }

  static func isMatch(_ text: String, _ pattern: PythonPattern) -> Bool {
    guard let match = try? pattern.firstMatch(in: text, atStart: true) else { return false }
    return match.group(0) == text
  }

  static func isMatch(_ text: String, _ pattern: String) -> Bool { (try? whole(pattern)).map { isMatch(text, $0) } ?? false }

  /// A regular expression that only the whole of a text can match.
  static func whole(_ pattern: String) throws(PatternError) -> PythonPattern { try PythonPattern("(?:\(pattern))\\Z") }
}

/// A path such as `/users/{id}`.
struct PathTemplate: Sendable {
  private let steps: [Substring]
  private let text: String

  init(_ text: String) {
    self.text = text
    steps = text.split(separator: "/", omittingEmptySubsequences: false)
  }

  func values(in path: String) -> [String: String]? {
    let given = path.split(separator: "/", omittingEmptySubsequences: false)
    guard given.count == steps.count else { return nil }
    var values: [String: String] = [:]
    for (step, part) in zip(steps, given) {
      if step.hasPrefix("{"), step.hasSuffix("}") {
        values[String(step.dropFirst().dropLast())] = String(part)
      } else if step != part, !TextCondition.isMatch(String(part), String(step)) {
        return nil
      }
    }
    return values
  }
}

/// What the values of fields have to be: of parameters, headers, cookies or a form.
struct FieldConditions: Sendable {
  struct Field: Sendable {
    let name: TextCondition
    /// The name, where it is one and not a pattern.
    var plainName: String?
    var values: [TextCondition] = []
    /// Whether there must be no field of the name.
    var isAbsent = false
    /// Whether it is enough that the values hold where there is such a field.
    var isOptional = false
    /// Whether a value has to hold for each field of the name.
    var holdsForAll = false
  }

  var fields: [Field]

  func hold(for given: [(name: String, value: String)], ignoringCase: Bool = false) -> Bool {
    fields.allSatisfy { field in
      let found = given.filter { pair in
        if ignoringCase, let name = field.plainName { return HeaderName.isSame(name, pair.name) }
        return field.name.holds(for: pair.name)
      }
      if field.isAbsent { return found.isEmpty }
      if found.isEmpty { return field.isOptional }
      if field.holdsForAll { return found.allSatisfy { pair in field.values.allSatisfy { $0.holds(for: pair.value) } } }
      return field.values.allSatisfy { condition in found.contains { condition.holds(for: $0.value) } }
    }
  }
}

/// What a body has to be.
indirect enum BodyCondition: Sendable {
  case text(TextCondition)
  case json(JSONCondition)
  case schema(JSONSchema)
  case path(JSONPathQuery)
  case form(FieldConditions)
  case bytes([UInt8])
  case not(BodyCondition)

  func holds(for request: MockRequest) -> Bool {
    switch self {
    case .text(let text): text.holds(for: request.bodyText)
    case .json(let condition): request.json.map(condition.holds) ?? false
    case .schema(let schema): request.json.map(schema.isValid) ?? false
    case .path(let path): request.json.map { !path.values(in: $0).isEmpty } ?? false
    case .form(let fields): fields.hold(for: request.form)
    case .bytes(let bytes): request.body == bytes
    case .not(let other): !other.holds(for: request)
    }
  }
}

/// How like another a JSON value has to be.
struct JSONCondition: Sendable {
  let wanted: JSONValue
  /// Whether objects may have further members.
  var allowsMore: Bool
  /// Whether lists may have another order.
  var ignoresOrder: Bool

  func holds(for value: JSONValue) -> Bool { holds(wanted, value) }

  private func holds(_ wanted: JSONValue, _ value: JSONValue) -> Bool {
    switch (wanted, value) {
    case (.string(let text), _) where text.hasPrefix("${json-unit."): return Self.isOfKind(text, value)
    case (.object(let left), .object(let right)):
      guard allowsMore || right.keys.allSatisfy({ left[$0] != nil }) else { return false }
      return left.allSatisfy { key, part in right[key].map { holds(part, $0) } ?? false }
    case (.array(let left), .array(let right)):
      guard left.count == right.count else { return false }
      guard ignoresOrder else { return zip(left, right).allSatisfy { holds($0, $1) } }
      var rest = right
      return left.allSatisfy { part in
        guard let place = rest.firstIndex(where: { holds(part, $0) }) else { return false }
        rest.remove(at: place)
        return true
      }
    default: return wanted.equals(value) && (wanted.bool == nil) == (value.bool == nil)
    }
  }

  private static func isOfKind(_ placeholder: String, _ value: JSONValue) -> Bool {
    switch placeholder {
    case "${json-unit.ignore}", "${json-unit.ignore-element}": true
    case "${json-unit.any-string}": value.string != nil
    case "${json-unit.any-number}": value.double != nil
    case "${json-unit.any-boolean}": value.bool != nil
    default: value.string == placeholder
    }
  }
}

extension MockRequest {
  /// Path and query as they were asked for.
  package var target: String {
    let parts = RequestURL(url)
    return String(parts.path.isEmpty ? "/" : parts.path) + (parts.query.map { "?" + $0 } ?? "")
  }
}
