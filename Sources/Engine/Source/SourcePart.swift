import AirbyteProtocol
import ConnectorModel
import JSON

/// One of several sources that are read as one: which it is, and what its streams are called outside.
package struct SourcePart: Sendable, Hashable {
  /// The name under which a state keeps what this source shares among its streams.
  package let key: String
  /// What stands before the names of its streams.
  package let prefix: String
  /// Other names of single streams, which get no prefix.
  package let renames: [String: String]

  package init(key: String, prefix: String = "", renames: [String: String] = [:]) {
    self.key = key
    self.prefix = prefix
    self.renames = renames
  }

  /// A stream's name outside of the source.
  package func outer(_ name: String) -> String { renames[name] ?? prefix + name }

  /// The name within the source of a stream that is called so outside; nil if none of its streams can be.
  package func inner(_ name: String) -> String? {
    if let inner = renames.first(where: { $0.value == name })?.key { return inner }
    guard name.hasPrefix(prefix) else { return nil }
    let inner = String(name.dropFirst(prefix.count))
    return renames[inner] == nil ? inner : nil
  }

  package func outer(_ stream: StreamDescriptor) -> StreamDescriptor {
    StreamDescriptor(name: outer(stream.name), namespace: stream.namespace)
  }
}

/// The states of all streams, and what several sources share among theirs.
struct JoinedStates: Sendable {
  var whole: SourceState

  init(_ earlier: SourceState) { whole = earlier }

  /// Sets what a source shares among its streams, under its keys if it is one of several.
  mutating func set(_ shared: JSONObject?, of parts: [SourcePart]) {
    whole.shared = Self.setting(shared, at: parts.map(\.key)[...], in: whole.shared)
  }

  private static func setting(_ value: JSONObject?, at keys: ArraySlice<String>, in all: JSONObject?) -> JSONObject? {
    guard let key = keys.first else { return value }
    var changed = all ?? [:]
    changed[key] = setting(value, at: keys.dropFirst(), in: changed[key]?.object).map { .object($0) }
    return changed
  }
}

/// What happens in one of several sources, whose streams have other names outside.
package struct PartEvents: RunEvents {
  private let whole: any RunEvents
  private let part: SourcePart

  package init(_ whole: any RunEvents, _ part: SourcePart) {
    self.whole = whole
    self.part = part
  }

  package func rateLimited(stream: String) { whole.rateLimited(stream: part.outer(stream)) }

  package func report(_ error: ConnectorError) { whole.report(error) }

  package func note(_ event: RunEvent) {
    switch event {
    case .streamStarted(let stream): whole.note(.streamStarted(part.outer(stream)))
    case .recordsRead(let stream, let count): whole.note(.recordsRead(stream: part.outer(stream), count: count))
    case .streamEnded(let stream, let isComplete): whole.note(.streamEnded(part.outer(stream), isComplete: isComplete))
    case .pageRead(let stream): whole.note(.pageRead(stream: part.outer(stream)))
    case .waiting(let stream, let seconds, let reason):
      whole.note(.waiting(stream: stream.map(part.outer), seconds: seconds, reason: reason))
    }
  }
}
