import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest

/// Cuts a list of properties into the chunks that one request may name, and puts their records together again.
struct PropertyChunking: Component {
  private let countsCharacters: Bool
  private let limit: Int?
  let strategy: any RecordMergeStrategy

  init(from node: ComponentNode, in scope: BuildScope) throws {
    countsCharacters = try node.string("property_limit_type") == "characters"
    limit = try node.int("property_limit")
    strategy = try scope.build(optional: node["record_merge_strategy"]) ?? GroupByKeyMergeStrategy(key: "id")
  }

  /// - Parameters:
  ///   - always: the properties of every chunk, which do not count towards its limit.
  ///   - selected: the properties that are needed; nil for all.
  func chunks(of properties: [String], always: [String], selected: Set<String>?) -> [[String]] {
    // As in the reference, without a limit everything is asked for, selected or not.
    guard let limit, limit != 0 else { return [properties + always] }
    var chunks: [[String]] = []
    var chunk = always
    var size = 0
    for property in properties where selected?.contains(property) ?? true {
      // Three characters more for the delimiter, as a URL writes it.
      let length = countsCharacters ? property.unicodeScalars.count + 3 : 1
      if size + length > limit {
        chunks.append(chunk)
        chunk = always
        size = 0
      }
      chunk.append(property)
      size += length
    }
    return chunks + [chunk]
  }
}

/// Says which records of a page's requests are parts of one.
protocol RecordMergeStrategy: Sendable {
  /// What the parts of a record have in common; nil if the record is on its own.
  func groupKey(_ record: Record) throws -> String?
}

/// Records with the same values of some keys are parts of one.
struct GroupByKeyMergeStrategy: Component, RecordMergeStrategy {
  private let keys: [JSONKey]

  init(key: String) { keys = [JSONKey(key)] }

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let key = try node.required("key")
    keys = try key.string.map { [JSONKey($0)] } ?? node.strings("key").map { JSONKey($0) }
  }

  func groupKey(_ record: Record) throws -> String? {
    var values: [String] = []
    for key in keys {
      guard let field = record[key], field.value.isTruthy else { return nil }
      guard let text = field.string else {
        throw ConnectorError(.system, "Records are merged by text values only, but `\(key.string)` is \(field.value.jsonText)")
      }
      values.append(text)
    }
    return values.joined(separator: ",")
  }
}

/// The parts of a page's records while they come in.
struct MergedRecords {
  private var objects: [String: Int] = [:]
  private var merged: [JSONObject] = []

  /// Takes a part in; an inner object grows, any other value is replaced.
  mutating func add(_ record: Record, key: String) {
    if let index = objects[key] {
      Self.merge(record.object, into: &merged[index])
    } else {
      objects[key] = merged.count
      merged.append(record.object)
    }
  }

  /// In the order in which their first parts came.
  var records: [Record] { merged.map { Record($0) } }

  /// Goes as deep as both values have levels, which the parser bounds.
  private static func merge(_ source: JSONObject, into target: inout JSONObject) {
    for (key, value) in source {
      if case .object(let added) = value, case .object(var inner)? = target[key] {
        merge(added, into: &inner)
        target[key] = .object(inner)
      } else {
        target[key] = value
      }
    }
  }
}
