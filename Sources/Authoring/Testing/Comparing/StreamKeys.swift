import JSON
import Manifest

/// The primary keys of a manifest's streams.
struct StreamKeys: Sendable {
  private let keys: [String: StreamKey]

  init(_ manifest: LoadedManifest) {
    var keys: [String: StreamKey] = [:]
    for stream in manifest.streams {
      if let name = stream["name"]?.string, let key = StreamKey(stream["primary_key"]?.value) { keys[name] = key }
    }
    self.keys = keys
  }

  func key(of stream: String) -> StreamKey? { keys[stream] }
}

/// The fields that tell the records of a stream apart.
struct StreamKey: Sendable {
  let paths: [[String]]

  /// - Parameter value: a name, names, or paths; nil for a value that is none of these.
  init?(_ value: JSONValue?) {
    switch value {
    case .string(let name)?: paths = [[name]]
    case .array(let parts)?: paths = parts.compactMap { $0.string.map { [$0] } ?? $0.array?.compactMap(\.string) }
    default: return nil
    }
    if paths.isEmpty || paths.contains(where: \.isEmpty) { return nil }
  }

  /// Whether two records have the same key; false if either lacks it.
  func isSame(_ one: JSONValue, _ other: JSONValue) -> Bool {
    paths.allSatisfy { path in
      guard let left = Self.value(path, of: one), let right = Self.value(path, of: other) else { return false }
      return left.equals(right)
    }
  }

  /// The key of a record as people read it: `id=7`.
  func text(of record: JSONValue) -> String {
    paths.map { path in "\(path.joined(separator: "."))=\(Self.value(path, of: record).map(Self.plain) ?? "")" }
      .joined(separator: ", ")
  }

  static func value(_ path: [String], of record: JSONValue) -> JSONValue? {
    path.reduce(record) { value, key in value?[key] }
  }

  private static func plain(_ value: JSONValue) -> String { value.string ?? value.jsonText }
}
