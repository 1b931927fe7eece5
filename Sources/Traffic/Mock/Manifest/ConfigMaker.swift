import JSON
import Manifest
import Python

/// Makes a config up from a specification: defaults, constants, and values that fit patterns and formats.
package struct ConfigMaker {
  private let now: Int64
  /// What the manifest's templates read of the config.
  private let read: Set<String>
  /// What they read where they have an address of their own to fall back to.
  private let replaceable: Set<String>

  /// - Parameter now: dates are a few weeks before this moment, in microseconds since the epoch.
  package init(for manifest: LoadedManifest, now: Int64) {
    self.now = now
    let texts = ["streams", "dynamic_streams", "check", "definitions"].flatMap { EndpointFinder.texts(of: manifest.root[$0]) }
    func steps(_ texts: [String]) -> Set<String> {
      Set(texts.flatMap { TemplatePaths.paths(from: "config", in: $0) }.flatMap(\.steps))
    }
    let reading = texts.filter { $0.contains("config") }
    read = steps(reading)
    replaceable = steps(
      reading.filter { TemplatePaths.literals(in: $0).contains { $0.string?.contains("://") ?? false } })
  }

  /// The config that a specification's schema describes.
  package func config(for specification: JSONValue?) -> JSONObject {
    value(of: specification ?? ["type": "object"], named: "").object ?? [:]
  }

  private func value(of schema: JSONValue, named name: String) -> JSONValue {
    if let constant = schema["const"] { return constant }
    if let standard = schema["default"], !standard.isNull, schema["properties"] == nil, schema["oneOf"] == nil {
      // From a date long ago, a read has very many windows.
      return standard.string.flatMap { recent(like: $0, schema, name) }.map { .string($0) } ?? standard
    }
    if let choices = schema["enum"]?.array, let first = choices.first { return first }
    if let choices = (schema["oneOf"] ?? schema["anyOf"])?.array, let first = choices.first(where: { $0["type"] != "null" }) {
      var own = value(of: first, named: name)
      if let base = schema["properties"], case .object(let members) = object(["properties": base]) {
        own = own.united(with: .object(members))
      }
      return own
    }
    let type = schema["type"]?.string ?? schema["type"]?.array?.compactMap(\.string).first { $0 != "null" }
    switch type {
    case "object"?: return object(schema)
    case "array"?:
      if let examples = schema["examples"]?.array, let first = examples.first {
        return first.array == nil ? .array(examples) : first
      }
      return .array([value(of: schema["items"] ?? ["type": "string"], named: name)])
    case "integer"?, "number"?:
      return schema["examples"]?.array?.first { $0.double != nil } ?? .int(schema["minimum"]?.int ?? 1)
    case "boolean"?: return false
    default: return schema["properties"] == nil ? .string(text(schema, name)) : object(schema)
    }
  }

  private func object(_ schema: JSONValue) -> JSONValue {
    let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
    var members: JSONObject = [:]
    for (name, property) in schema["properties"]?.object ?? [:] {
      let isWanted = required.contains(name) || property["default"] != nil || property["const"] != nil || read.contains(name)
      guard isWanted else { continue }
      let value = value(of: property, named: name)
      // An address whose pattern allows no scheme cannot be requested.
      if !required.contains(name), replaceable.contains(name), let text = value.string, !text.contains("://") { continue }
      members[name] = value
    }
    return .object(members)
  }

  /// The date for a field that has one of the same form as its default; nil for any other default.
  private func recent(like standard: String, _ schema: JSONValue, _ name: String) -> String? {
    guard schema["format"]?.string?.hasPrefix("date") ?? Self.isDate(name), standard.contains(where: \.isNumber) else {
      return nil
    }
    return dates(name).dropLast().first { Self.form($0) == Self.form(standard) }
  }

  private static func isDate(_ name: String) -> Bool {
    let lower = name.lowercased()
    return lower.contains("date") || lower.contains("since") || lower.contains("start")
      || lower.contains("time") && !lower.contains("zone")
  }

  /// The moment for a field in the forms that dates may have.
  private func dates(_ name: String) -> [String] {
    let lower = name.lowercased()
    let isEnd = lower.contains("end") || lower.contains("until") || lower.hasPrefix("to_")
    let start = isEnd ? now : now - 21 * 86_400_000_000
    return [
      "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S.000Z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y",
      "%m/%d/%Y", "%d-%m-%Y", "%d/%m/%Y %H:%M", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%dT%H:%M:%S.000000Z", "%Y-%m-%dT%H:%M", "%s",
    ]
    .map { ValueMaker.text(start, $0) }
  }

  private func text(_ schema: JSONValue, _ name: String) -> String {
    let lower = name.lowercased()
    let dates = dates(name)
    let examples = (schema["examples"]?.array ?? []).compactMap { $0.string ?? $0.int.map(String.init) }
    let pattern = schema["pattern"]?.string.flatMap { try? PythonPattern($0) }
    let isDate = Self.isDate(name)
    let plain = "mock-\(lower.replacing("_", with: "-"))"
    let isAddress = lower.contains("url") || lower.contains("host") || lower.contains("endpoint")
    let others = [
      isAddress ? "https://mock.example.com" : plain, plain, "https://mock.example.com", "mock.example.com", "12345",
      "1234567890", "mock", "MOCK", "mock_0123456789abcdef",
      "0123456789abcdef0123456789abcdef", "00000000-0000-4000-8000-000000000001", "mock@example.com", "10", "2020",
    ]
    func fits(_ text: String) -> Bool { pattern.map { (try? $0.isFound(in: text)) ?? false } ?? true }
    switch schema["format"]?.string {
    case "date-time"?: return dates.first(where: fits) ?? dates[0]
    case "date"?: return dates.first(where: fits) ?? dates[1]
    case "email"?: return "mock@example.com"
    case "uri"?: return examples.first ?? "https://mock.example.com"
    default: break
    }
    if pattern != nil {
      // An address needs its scheme, unless the template around it has one.
      if isAddress, let example = examples.first(where: { $0.contains("://") && fits($0) }) { return example }
      let candidates = (isDate ? dates : []) + examples + others + dates
      return candidates.first(where: fits) ?? plain
    }
    if isDate {
      // In the form of the example, but not as long ago.
      if let example = examples.first { return dates.first { Self.form($0) == Self.form(example) } ?? example }
      return dates[lower.contains("time") || lower.contains("start") || lower.contains("end") ? 0 : 1]
    }
    return examples.first ?? (isAddress ? "https://mock.example.com" : plain)
  }

  /// A text with each digit as a zero.
  private static func form(_ text: String) -> String { String(text.map { $0.isNumber ? "0" : $0 }) }
}
