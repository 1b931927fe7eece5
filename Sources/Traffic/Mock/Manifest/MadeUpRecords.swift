import Components
import ConnectorModel
import JSON
import Manifest

/// Records of a stream for those who need many of them and do not care for what is in them: they are made once, and differ only in
/// what other streams read of them.
package struct MadeUpRecords: Sendable {
  private let template: JSONObject
  private let distinct: [(path: [String], value: JSONValue)]

  /// - Parameters:
  ///   - stream: the stream that is read; nil if that is not known.
  ///   - needs: the fields that other streams read of its records.
  package init(stream: ManifestNode?, needs: Set<[String]>, in scope: BuildScope) {
    let shape = RecordShape(
      stream: stream, selector: nil, schema: [:], needs: needs, maker: ValueMaker(seed: 0), in: scope)
    let record = shape.record(.init(number: 1, moment: scope.runtime.now()), [:], slice: .whole)
    template = record.object ?? [:]
    distinct = needs.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { path in
      record.value(at: path).map { (path, $0) }
    }
  }

  /// What streams read of their parents' records, by the name of the parent.
  package static func needs(in manifest: ManifestNode) -> [String: Set<[String]>] { ManifestAPI.needs(in: manifest) }

  /// Whether each record is another one.
  package var areDistinct: Bool { !distinct.isEmpty }

  /// - Parameter start: how many records there are before these.
  package func records(from start: Int, _ count: Int) -> [Record] {
    guard areDistinct else { return Array(repeating: Record(template), count: max(count, 0)) }
    return (0..<max(count, 0)).map { index in
      var record = JSONValue.object(template)
      for (path, value) in distinct { record.place(Self.value(value, start + index + 1), at: path) }
      return Record(record.object ?? template)
    }
  }

  private static func value(_ value: JSONValue, _ number: Int) -> JSONValue {
    switch value {
    case .string(let text): .string("\(text)-\(number)")
    default: .int(number)
    }
  }
}
