import JSON
import PythonTime
import Synchronization
import Templating

/// Makes up values from JSON schemas and from the names of fields, always the same for the same record.
package struct ValueMaker: Sendable {
  /// What tells the values of one record from those of another.
  package struct Record: Sendable {
    /// Its number among all that the API has of its kind.
    package let number: Int
    /// The moment that its times lie at or before, in microseconds since the epoch.
    package let moment: Int64

    package init(number: Int, moment: Int64) {
      self.number = number
      self.moment = moment
    }
  }

  let seed: Int

  /// - Parameter seed: what values are made from; another number gives others.
  package init(seed: Int) { self.seed = seed }

  /// How deep lists and objects are filled.
  private static let deepest = 6

  private static let words = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "iris", "juniper", "kelp", "linden", "maple",
    "nectar",
    "otter", "pine", "quartz", "reed", "sage", "tulip", "umber", "violet", "willow", "yarrow", "zephyr",
  ]

  // MARK: Schemas

  /// A value that fits a schema.
  /// - Parameters:
  ///   - name: the field's name, which says what a text is about.
  ///   - root: the whole schema, where references lead.
  package func value(
    of schema: JSONValue, named name: String, in root: JSONValue, for record: Record, depth: Int = 0
  ) -> JSONValue {
    if let reference = schema["$ref"]?.string, depth < Self.deepest, let target = Self.resolve(reference, in: root) {
      return value(of: target, named: name, in: root, for: record, depth: depth + 1)
    }
    if let constant = schema["const"] { return constant }
    if let choices = schema["enum"]?.array?.filter({ !$0.isNull }), !choices.isEmpty {
      return choices[record.number % choices.count]
    }
    for key in ["oneOf", "anyOf", "allOf"] {
      guard let parts = schema[key]?.array, !parts.isEmpty, depth < Self.deepest else { continue }
      if key == "allOf" {
        let whole = parts.reduce(JSONValue.object([:])) { $0.united(with: $1) }
        return value(of: whole, named: name, in: root, for: record, depth: depth + 1)
      }
      let part = parts.first { $0["type"] != "null" } ?? parts[0]
      return value(of: part, named: name, in: root, for: record, depth: depth + 1)
    }
    let given = schema["type"]
    let types = given?.array?.compactMap(\.string) ?? given?.string.map { [$0] } ?? []
    let type = types.first { $0 != "null" } ?? (schema["properties"] == nil ? types.isEmpty ? nil : "null" : "object")
    switch type {
    case "object"?: return object(schema, root, record, depth)
    case "array"?:
      guard depth < Self.deepest, let items = schema["items"], items.object != nil else { return [] }
      let element = value(of: items, named: Self.singular(name), in: root, for: record, depth: depth + 1)
      return .array([element])
    case "integer"?: return .int(integer(schema, name, record))
    case "number"?:
      let whole = integer(schema, name, record)
      return .double(Double(whole) + Double(chance(name, record).once(below: 4)) * 0.25)
    case "boolean"?: return .bool(chance(name, record).once(below: 2) == 1)
    case "null"?: return .null
    case "string"?: return .string(text(schema, name, record))
    default: return guess(name, for: record)
    }
  }

  private func object(_ schema: JSONValue, _ root: JSONValue, _ record: Record, _ depth: Int) -> JSONValue {
    var members: JSONObject = [:]
    guard depth < Self.deepest, let properties = schema["properties"]?.object else { return .object(members) }
    // What is no schema would keep the record from being read.
    for (name, property) in properties where property.object != nil {
      members[name] = value(of: property, named: name, in: root, for: record, depth: depth + 1)
    }
    return .object(members)
  }

  private static func resolve(_ reference: String, in root: JSONValue) -> JSONValue? {
    guard reference.hasPrefix("#/") else { return nil }
    return root.value(at: reference.dropFirst(2).split(separator: "/").map(String.init))
  }

  private func integer(_ schema: JSONValue, _ name: String, _ record: Record) -> Int {
    if Self.isIdentifier(name) { return record.number }
    if Self.isMoment(name) { return Int(moment(name, record) / 1_000_000) }
    let lowest = schema["minimum"]?.double.map { Int($0.rounded(.up)) } ?? 1
    let highest = schema["maximum"]?.double.map { Int($0.rounded(.down)) } ?? (lowest + 999)
    return lowest + chance(name, record).once(below: max(highest - lowest + 1, 1))
  }

  private func text(_ schema: JSONValue, _ name: String, _ record: Record) -> String {
    let format = schema["format"]?.string ?? schema["airbyte_type"]?.string ?? ""
    switch format {
    case "date-time", "timestamp_with_timezone": return Self.text(moment(name, record), "%Y-%m-%dT%H:%M:%SZ")
    case "timestamp_without_timezone": return Self.text(moment(name, record), "%Y-%m-%dT%H:%M:%S")
    case "date": return Self.text(moment(name, record), "%Y-%m-%d")
    case "time", "time_without_timezone": return Self.text(moment(name, record), "%H:%M:%S")
    case "time_with_timezone": return Self.text(moment(name, record), "%H:%M:%SZ")
    case "email": return "\(word(name, record))\(record.number)@example.com"
    case "uri", "url": return "https://example.com/\(slug(name))/\(record.number)"
    case "uuid": return uuid(name, record)
    case "ipv4": return "192.0.2.\(1 + record.number % 254)"
    case "ipv6": return "2001:db8::\(String(1 + record.number % 60_000, radix: 16))"
    case "hostname": return "\(word(name, record)).example.com"
    default: break
    }
    var text = guess(name, for: record).string ?? "\(slug(name))-\(record.number)"
    if let longest = schema["maxLength"]?.int, text.count > longest, longest > 0 {
      // The number at the end tells records apart.
      text = String(text.suffix(longest))
    }
    if let shortest = schema["minLength"]?.int, text.count < shortest {
      text = String(repeating: "x", count: min(shortest, 4096) - text.count) + text
    }
    return text
  }

  // MARK: Names

  /// A value for a field of which only the name is known.
  package func guess(_ name: String, for record: Record) -> JSONValue {
    let lower = name.lowercased()
    if Self.isIdentifier(name) { return .string("\(slug(name))-\(record.number)") }
    if lower.utf8.contains("email".utf8) { return .string("\(word(name, record))\(record.number)@example.com") }
    if lower.hasSuffix("url") || lower.hasSuffix("uri") || lower.hasSuffix("link") || lower == "href" {
      return .string("https://example.com/\(slug(name))/\(record.number)")
    }
    if Self.isMoment(name) {
      return .string(Self.text(moment(name, record), lower.hasSuffix("date") ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ"))
    }
    if lower.utf8.contains("currency".utf8) { return .string(["EUR", "JPY", "USD"][record.number % 3]) }
    if lower.utf8.contains("country".utf8) { return .string(["DE", "JP", "US"][record.number % 3]) }
    if lower.hasSuffix("name") || lower == "title" { return .string("\(capitalized(word(name, record))) \(record.number)") }
    return .string("\(slug(name))-\(record.number)")
  }

  package static func isIdentifier(_ name: String) -> Bool {
    let lower = name.lowercased()
    return lower == "id" || lower == "uuid" || lower == "guid" || lower == "key" || lower.hasSuffix("_id") || name.hasSuffix("Id")
      || name.hasSuffix("ID") || lower == "gid" || lower == "sid" || lower == "slug" || lower == "_id"
  }

  package static func isMoment(_ name: String) -> Bool {
    let lower = name.lowercased()
    return lower.hasSuffix("_at") || name.hasSuffix("At") || lower.hasSuffix("date") || lower.hasSuffix("time")
      || lower.hasSuffix("timestamp") || lower == "created" || lower == "updated" || lower == "modified" || lower == "day"
      || lower.hasSuffix("_on") || lower.hasSuffix("since")
  }

  private func moment(_ name: String, _ record: Record) -> Int64 {
    // What was created comes before what was updated.
    let lead: Int64 = name.lowercased().utf8.contains("creat".utf8) ? 3_600_000_000 : 0
    return record.moment - lead
  }

  /// A moment in a format, or in ISO 8601 where the format cannot be written.
  package static func text(_ moment: Int64, _ format: String) -> String {
    guard let time = try? PyDateTime(epochMicroseconds: Int128(moment)) else { return "1970-01-01T00:00:00Z" }
    let parser = parsers.withLock { parsers in
      if let known = parsers[format] { return known }
      let parser = DatetimeParser(format: format)
      parsers[format] = parser
      return parser
    }
    return parser.format(time)
  }

  /// By their formats, of which a manifest has a few.
  private static let parsers = Mutex<[String: DatetimeParser]>([:])

  /// The name in letters, digits and hyphens, so that it can stand in a path.
  private func slug(_ name: String) -> String {
    String(name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }

  private static func singular(_ name: String) -> String {
    name.count > 3 && name.hasSuffix("s") ? String(name.dropLast()) : name
  }

  private func chance(_ name: String, _ record: Record) -> Chance { Chance(seed, name, String(record.number)) }

  private func word(_ name: String, _ record: Record) -> String {
    var chance = chance(name, record)
    return Self.words[chance.below(Self.words.count)]
  }

  private func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

  private func uuid(_ name: String, _ record: Record) -> String {
    var chance = chance(name, record)
    let digits = [chance.next(), chance.next()].map { number in
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
    func part(_ from: Int, _ count: Int) -> Substring { digits.dropFirst(from).prefix(count) }
    return "\(part(0, 8))-\(part(8, 4))-4\(part(13, 3))-8\(part(17, 3))-\(part(20, 12))"
  }
}

extension Chance {
  /// One number in `0..<limit`, of which nothing else is made.
  fileprivate func once(below limit: Int) -> Int {
    var copy = self
    return copy.below(limit)
  }
}
