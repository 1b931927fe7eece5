import AirbyteProtocol
import JSON

/// Compares what two versions of a connector offer: their streams, and the schemas of these.
///
/// What a destination has tables for must not vanish or change its type, and keys and cursors must stay.
struct CatalogComparison {
  private static let deepest = 32
  private(set) var changes: [Change] = []

  init(old: [AirbyteStream], new: [AirbyteStream]) {
    let after = Dictionary(new.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let known = Set(old.map(\.name))
    for stream in old {
      guard let other = after[stream.name] else {
        changes.append(Change(.major, .catalog, stream: stream.name, "The stream was removed"))
        continue
      }
      compare(stream, other)
    }
    for stream in new where !known.contains(stream.name) {
      changes.append(Change(.minor, .catalog, stream: stream.name, "The stream was added"))
    }
  }

  private mutating func compare(_ old: AirbyteStream, _ new: AirbyteStream) {
    func add(_ level: Change.Level, _ message: String) {
      changes.append(Change(level, .catalog, stream: old.name, message))
    }
    for mode in old.supportedSyncModes where !new.supportedSyncModes.contains(mode) {
      add(.major, "The stream can no longer be read in the mode \(mode.rawValue)")
    }
    for mode in new.supportedSyncModes where !old.supportedSyncModes.contains(mode) {
      add(.minor, "The stream can also be read in the mode \(mode.rawValue)")
    }
    let keys = (old.sourceDefinedPrimaryKey ?? [], new.sourceDefinedPrimaryKey ?? [])
    if keys.0 != keys.1 {
      add(keys.0.isEmpty ? .minor : .major, "The primary key changed from \(Self.list(keys.0)) to \(Self.list(keys.1))")
    }
    let cursors = (old.defaultCursorField ?? [], new.defaultCursorField ?? [])
    if cursors.0 != cursors.1 {
      add(
        cursors.0.isEmpty ? .minor : .major,
        "The cursor changed from \(Self.list([cursors.0])) to \(Self.list([cursors.1]))")
    }
    if old.sourceDefinedCursor != new.sourceDefinedCursor, !cursors.0.isEmpty, !cursors.1.isEmpty {
      add(
        new.sourceDefinedCursor == true ? .major : .minor,
        new.sourceDefinedCursor == true ? "Users can no longer choose the cursor" : "Users can choose the cursor")
    }
    let before = changes.count
    compare(SchemaPlace(old.jsonSchema), SchemaPlace(new.jsonSchema), at: "", of: old.name, 0)
    if changes.count == before, !SameJSON.holds(.object(old.jsonSchema), .object(new.jsonSchema)) {
      changes.append(Change(.patch, .schema, stream: old.name, "The schema is written in another way"))
    }
  }

  private mutating func compare(_ old: SchemaPlace, _ new: SchemaPlace, at path: String, of stream: String, _ depth: Int) {
    func add(_ level: Change.Level, _ message: String) { changes.append(Change(level, .schema, stream: stream, message)) }
    guard depth < Self.deepest else { return }
    if !path.isEmpty {
      let types = (old.types ?? [], new.types ?? [])
      let (lost, won) = (types.0.subtracting(types.1).subtracting(["null"]), types.1.subtracting(types.0).subtracting(["null"]))
      if !lost.isEmpty || !won.isEmpty {
        add(.major, "The type of `\(path)` changed from \(Self.list(types.0)) to \(Self.list(types.1))")
      } else if types.0 != types.1 {
        add(.minor, "`\(path)` \(types.1.contains("null") ? "may be null" : "is never null")")
      }
      if old.formats != new.formats {
        add(.major, "The format of `\(path)` changed from \(Self.list(old.formats)) to \(Self.list(new.formats))")
      }
    }
    let prefix = path.isEmpty ? "" : "\(path)."
    for name in old.names {
      guard let inner = old.member(name) else { continue }
      guard let other = new.member(name) else {
        add(.major, "The field `\(prefix)\(name)` was removed")
        continue
      }
      compare(inner, other, at: prefix + name, of: stream, depth + 1)
    }
    for name in new.names where old.member(name) == nil { add(.minor, "The field `\(prefix)\(name)` was added") }
    if let inner = old.elements, let other = new.elements { compare(inner, other, at: "\(path)[]", of: stream, depth + 1) }
  }

  private static func list(_ keys: [[String]]) -> String {
    let names = keys.filter { !$0.isEmpty }.map { "`\($0.joined(separator: "."))`" }
    return names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  private static func list(_ names: Set<String>) -> String { names.isEmpty ? "any" : names.sorted().joined(separator: ", ") }
}
