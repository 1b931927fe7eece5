import AirbyteProtocol
import Components
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// What the records of a stream have to look like for the manifest: its schema, and whatever else reads them.
struct RecordShape: Sendable {
  private let schema: JSONValue
  private let keys: [[String]]
  /// Fields that templates and children read.
  private let needs: [[String]]
  let cursor: CursorShape?
  /// Fields that `AddFields` makes the cursor's value of.
  private let cursorSources: [[String]]
  private let filter: (any RecordCondition)?
  private let filterText: String
  /// Values of the config that a filter may compare with.
  private let configured: [JSONValue]
  private let maker: ValueMaker

  /// - Parameter needs: the fields that other streams read.
  init(
    stream: ManifestNode?, selector: ManifestNode?, schema: JSONObject, needs: Set<[String]>, maker: ValueMaker,
    in scope: BuildScope
  ) {
    self.schema = .object(schema)
    self.maker = maker
    keys = Self.keys(stream?["primary_key"])
    cursor = CursorShape(stream?["incremental_sync"], in: scope)
    filter = try? scope.build(optional: selector?["record_filter"])
    let text = EndpointFinder.texts(of: selector?["record_filter"]?["condition"]).joined(separator: " ")
    filterText = text
    configured = scope.config.filter { text.contains($0.key) }.flatMap { $0.value.array ?? [$0.value] }
    var found = Array(needs)
    var sources: [[String]] = []
    for transformation in stream?["transformations"]?.sequence ?? [] {
      for field in transformation["fields"]?.sequence ?? [] {
        guard let text = field["value"]?.string else { continue }
        let paths = TemplatePaths.paths(from: "record", in: text).map(\.steps)
        found += paths
        if field["path"]?.sequence?.compactMap(\.string) == cursor?.field { sources += paths }
      }
    }
    for text in EndpointFinder.texts(of: stream?["file_uploader"]) {
      found += TemplatePaths.paths(from: "record", in: text).map(\.steps)
    }
    if let target = stream?["file_uploader"]?["download_target_extractor"]?["field_path"]?.sequence {
      found.append(target.compactMap(\.string))
    }
    cursorSources = sources
    self.needs = found.filter { !$0.isEmpty }
  }

  private static func keys(_ node: ManifestNode?) -> [[String]] {
    if let name = node?.string { return [[name]] }
    return (node?.sequence ?? []).map { key in key.string.map { [$0] } ?? (key.sequence ?? []).compactMap(\.string) }
  }

  /// The names of the fields that are known without a schema.
  var knownFields: [String] {
    var names = (keys + needs).compactMap(\.first)
    if let cursor, let name = cursor.field.first { names.append(name) }
    names += ["id", "name"]
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  // MARK: Records

  /// A record.
  /// - Parameters:
  ///   - gaps: what its request says of its partition.
  ///   - slice: the slice that it is filtered for.
  func record(_ record: ValueMaker.Record, _ gaps: [String: String], slice: StreamSlice) -> JSONValue {
    var value = maker.value(of: schema, named: "", in: schema, for: record)
    if value.object == nil { value = .object([:]) }
    if value.count == 0 {
      for name in knownFields { value[name] = maker.guess(name, for: record) }
    }
    for path in needs where value.value(at: path)?.isTruthy != true {
      value.place(maker.guess(path.last { !$0.hasPrefix("[") } ?? "", for: record), at: path)
    }
    for (name, text) in gaps where value[name] != nil {
      // A child that names its parent names the right one.
      value[name] = value[name]?.int != nil ? Int(text).map { .int($0) } ?? .string(text) : .string(text)
    }
    if let cursor {
      for path in [cursor.field] + cursorSources {
        let type = schemaType(at: path)
        let isNumber = type.contains("integer") || type.contains("number") && !type.contains("string")
        value.place(cursor.value(at: record.moment, number: record.number, isNumber: isNumber), at: path)
      }
    }
    for path in keys where cursor?.field != path { value.place(key(path, value, record), at: path) }
    return passing(value, slice)
  }

  private func schemaType(at path: [String]) -> [String] {
    var node: JSONValue? = schema
    for step in path { node = node?["properties"]?[step] }
    let type = node?["type"]
    return type?.array?.compactMap(\.string) ?? type?.string.map { [$0] } ?? []
  }

  /// A key that no other record has.
  private func key(_ path: [String], _ value: JSONValue, _ record: ValueMaker.Record) -> JSONValue {
    let name = path.last ?? ""
    switch value.value(at: path) {
    case .int?, .double?, .number?: return .int(record.number)
    case .string(let text)? where text.contains(String(record.number)) || ValueMaker.isMoment(name) || text.count == 36:
      return .string(text)
    case .string(let text)?: return .string("\(text)-\(record.number)")
    case .bool(let flag)?: return .bool(flag)
    default: return maker.guess(name, for: record)
    }
  }

  // MARK: Filters

  /// The record, changed where the manifest's filter would drop it.
  private func passing(_ value: JSONValue, _ slice: StreamSlice) -> JSONValue {
    guard let filter, let object = value.object else { return value }
    func passes(_ object: JSONObject) -> Bool { (try? filter.keeps(Record(object), slice: slice)) ?? false }
    if passes(object) { return value }
    let paths = TemplatePaths.paths(from: "record", in: filterText).map(\.steps).filter { !$0.isEmpty }.prefix(3)
    let choices =
      TemplatePaths.literals(in: filterText) + slice.merged.values + configured + [
        true, false, .null, "", 0, 1, .array([]), .object([:]),
      ]
    var candidates = [value]
    for path in paths {
      candidates = candidates.flatMap { candidate in
        [candidate]
          + choices.map { choice in
            var changed = candidate
            changed.place(choice, at: path)
            return changed
          }
      }
      if let found = candidates.first(where: { $0.object.map(passes) ?? false }) { return found }
      if candidates.count > 2000 { break }
    }
    return value
  }
}
