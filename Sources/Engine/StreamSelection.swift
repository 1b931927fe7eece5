import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest
import OrderedCollections

/// Which of a connector's or a catalog's streams are read, and how.
package struct StreamSelection: Sendable {
  /// The streams that are wanted; empty for all.
  package var names: [String]
  /// Those that are not.
  package var excluded: [String]
  /// Whether streams are read from their beginning, and not from where the last read ended.
  package var isFullRefresh: Bool

  package init(names: [String] = [], excluded: [String] = [], isFullRefresh: Bool = false) {
    self.names = names
    self.excluded = excluded
    self.isFullRefresh = isFullRefresh
  }

  /// The streams as they are read, in the order in which they were named, else in their own.
  /// - Parameter place: what they are of, as the end of a sentence: "the connector".
  /// - Throws: ``ConnectorError`` for a name that none of them has, and where none is left.
  package func applied(to streams: [ConfiguredStream], of place: String) throws -> [ConfiguredStream] {
    let known = streams.map(\.descriptor.name)
    for name in names + excluded where !known.includes(name) {
      throw ConnectorError(
        .config,
        NameSuggestion.nearest(to: name, among: known).map { "There is no stream `\(name)` in \(place): did you mean `\($0)`?" }
          ?? "There is no stream `\(name)` in \(place), which has \(Self.list(known))")
    }
    let byName = ByName(streams.map { ($0.descriptor.name, $0) }, uniquingKeysWith: { first, _ in first })
    var wanted: NameSet = []
    let chosen =
      names.isEmpty ? streams : names.filter { wanted.insert($0) }.compactMap { byName[$0] }
    let left = chosen.filter { !excluded.includes($0.descriptor.name) }
    guard !left.isEmpty || streams.isEmpty else {
      throw ConnectorError(.config, "All streams are excluded, so that there is nothing to read")
    }
    guard isFullRefresh else { return left }
    return left.map { stream in
      var stream = stream
      stream.syncMode = .fullRefresh
      return stream
    }
  }

  private static let shown = 20

  private static func list(_ names: [String]) -> String {
    let quoted = names.prefix(shown).map { "`\($0)`" }.joined(separator: ", ")
    return names.isEmpty ? "no stream" : quoted + (names.count > shown ? " and \(names.count - shown) more" : "")
  }
}

extension ConfiguredStream {
  /// A stream as it is read where nothing else is said: incrementally if it can be.
  package init(_ stream: AirbyteStream) {
    self.init(
      descriptor: StreamDescriptor(name: stream.name, namespace: stream.namespace),
      syncMode: stream.supportedSyncModes.contains(.incremental) ? .incremental : .fullRefresh, jsonSchema: stream.jsonSchema)
    given = ["stream": stream.json]
  }
}
