import Authoring
import JSON
import PythonTime
import Templating

/// The field that tells the records of a stream apart.
enum KeyInference {
  private static let usualNames = [
    "id", "uuid", "guid", "_id", "key", "gid", "number", "code", "slug", "sku", "isbn", "ref", "name",
  ]

  /// - Returns: the name of a field that each record has, with a value of its own; nil if there is none that looks like a key.
  static func key(of records: [JSONObject], stream: String) -> String? {
    guard let first = records.first else { return nil }
    let singular = singular(stream)
    let own = first.keys.filter { [singular + "_id", singular + "id", stream + "_id"].contains(ConnectorNames.snake($0)) }
    let others = first.keys.filter { $0.lowercased().hasSuffix("id") && !own.contains($0) }
    let named = usualNames.compactMap { name in first.keys.first { $0.lowercased() == name } }
    // A name alone is no key, unless nothing else is.
    let candidates = named.filter { $0.lowercased() != "name" } + own + others + named.filter { $0.lowercased() == "name" }
    return candidates.first { isKey($0, of: records) }
  }

  private static func isKey(_ name: String, of records: [JSONObject]) -> Bool {
    var seen: Set<JSONValue> = []
    return records.allSatisfy { record in
      switch record[name] {
      case .int?, .number?: seen.insert(record[name] ?? .null).inserted
      case .string(let text)?: !text.isEmpty && seen.insert(.string(text)).inserted
      default: false
      }
    }
  }

  static func singular(_ word: String) -> String {
    if word.hasSuffix("ies") { return word.dropLast(3) + "y" }
    if word.hasSuffix("sses") || word.hasSuffix("xes") || word.hasSuffix("ches") { return String(word.dropLast(2)) }
    return word.hasSuffix("s") && !word.hasSuffix("ss") ? String(word.dropLast()) : word
  }
}

/// The fields that hold times, their formats, and which of them says when a record changed.
struct TimeInference: Sendable {
  /// The formats of the top-level fields that hold times, by name, in the order of the records.
  let formats: [(name: String, format: String)]

  /// Formats that the inference of test reads does not try.
  private static let further = [
    "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d %H:%M:%S%z",
  ]
  .map { DatetimeParser(format: $0) }

  init(_ records: [JSONObject]) {
    // A record in which a field is null says nothing about its format.
    var names: [String] = []
    for record in records { for name in record.keys where !names.contains(name) { names.append(name) } }
    formats = names.compactMap { name in
      let values = records.compactMap { $0[name] }.filter { $0 != .null }
      guard !values.isEmpty else { return nil }
      var inference = DatetimeFormatInference()
      for value in values { inference.add([name: value]) }
      if let format = inference.formats[name]?.string { return (name, format) }
      let other = Self.further.first { parser in
        values.allSatisfy { value in value.string.map { (try? parser.parse($0)) != nil && $0.contains("T") } ?? false }
      }
      return other.map { (name, $0.format) }
    }
  }

  private static let changing = [
    "updated_at", "updated", "modified_at", "modified", "last_modified", "last_updated", "updated_on", "modified_on",
    "last_modified_at", "last_updated_at", "last_modified_date", "modified_date", "date_modified", "date_updated", "updated_date",
    "update_time", "changed", "changed_at", "last_changed", "last_edited_time", "system_modstamp", "modify_date",
  ]
  private static let creating = [
    "created_at", "created", "created_on", "creation_date", "date_created", "created_date", "create_time", "timestamp", "date",
    "occurred_at", "event_time", "time", "inserted_at", "recorded_at", "start_time",
  ]

  /// The field that most likely says when a record changed, or else when it came about.
  var cursor: (name: String, format: String)? {
    for words in [Self.changing, Self.creating] {
      for word in words {
        if let found = formats.first(where: { ConnectorNames.snake($0.name) == word }) { return found }
      }
    }
    return nil
  }
}

/// The schema of records that were seen: types, what may be null, and formats of times.
enum SeenSchema {
  static func schema(of records: [JSONObject]) -> JSONObject? {
    guard !records.isEmpty else { return nil }
    var inference = SchemaInference()
    for record in records { inference.add(record) }
    guard let seen = inference.schema?.json else { return nil }
    return refined(.object(seen), records.map { .object($0) }).object
  }

  private static let formats: [(name: String, shape: [Character])] = [
    ("date-time", Array("0000-00-00T00:00:00")), ("date", Array("0000-00-00")),
  ]

  /// The schema with whole numbers as such and with formats, each type once.
  private static func refined(_ schema: JSONValue, _ values: [JSONValue]) -> JSONValue {
    guard var object = schema.object else { return schema }
    let present = values.filter { $0 != .null }
    if var types = object["type"].map({ $0.array ?? [$0] }) {
      var once: Set<JSONValue> = []
      types = types.filter { once.insert($0).inserted }
      let numbers = present.filter { $0.isNumber }
      if types.contains("number"), numbers.allSatisfy({ if case .int = $0 { true } else { false } }) {
        types = types.map { $0 == "number" ? "integer" : $0 }
      }
      object["type"] = types.count == 1 ? types[0] : .array(types)
    }
    if !present.isEmpty, present.allSatisfy({ $0.string != nil }) {
      let texts = present.compactMap(\.string)
      if let format = formats.first(where: { format in texts.allSatisfy { fits($0, format) } }) {
        object["format"] = .string(format.name)
      }
    }
    if let properties = object["properties"]?.object {
      object["properties"] = .object(
        JSONObject(
          properties.map { name, property in (name, refined(property, values.compactMap { $0.object?[name] })) },
          uniquingKeysWith: { $1 }))
    }
    if let items = object["items"] { object["items"] = refined(items, values.flatMap { $0.array ?? [] }) }
    return .object(object)
  }

  private static func fits(_ text: String, _ format: (name: String, shape: [Character])) -> Bool {
    let beginning = text.prefix(format.shape.count).map { $0.isASCII && $0.isNumber ? "0" : $0 }
    return beginning == format.shape && (format.name == "date-time" ? text.count <= 35 : text.count == format.shape.count)
  }
}

extension JSONValue {
  fileprivate var isNumber: Bool {
    switch self {
    case .int, .double, .number: true
    default: false
    }
  }
}
