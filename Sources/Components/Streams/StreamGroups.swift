import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest

/// Streams that share something which bears only one reader at a time.
struct StreamGroup: Component {
  /// The names of the streams.
  let names: [String]
  private let action: BlockSimultaneousSyncsAction

  init(from node: ComponentNode, in scope: BuildScope) throws {
    names = try node.nodes("streams").compactMap { $0["name"]?.string }.filter { !$0.isEmpty }
    action = try scope.build(node.required("action"))
  }
}

/// What is done about a group: its streams are read one after the other.
struct BlockSimultaneousSyncsAction: Component {
  init(from node: ComponentNode, in scope: BuildScope) throws {}
}

/// All groups of a manifest.
package struct StreamGroups: Sendable {
  private var groups: ByName<String> = [:]

  /// Parents of parents are followed so far.
  package static let longestLineage = 100

  /// - Parameter node: a manifest's `stream_groups`, groups by name; of two groups with one stream the later counts.
  package init(_ node: ManifestNode?, in scope: BuildScope) throws {
    for (name, group) in node?.mapping ?? [:] {
      for stream in try StreamGroup(from: ComponentNode(group), in: scope).names { groups[stream] = name }
    }
  }

  /// The group of a stream; nil if it is in none.
  package subscript(stream: String) -> String? { groups[stream] }

  /// - Parameter topLevelNames: the names of all streams of the manifest, also those that are not among `streams`.
  /// - Throws: ``ConnectorError`` if a stream and one that it takes its partitions from are in one group. As the reference,
  ///   which knows the parents of incremental streams only; the schedule waits for those of others too.
  package func refuseFamilies(among streams: [DeclarativeStream], topLevelNames: NameSet) throws {
    if groups.isEmpty { return }
    let byName = ByName(streams.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    /// A parent is looked at as the stream of its name, if there is one; else its copy counts only if it represents one.
    func ancestors(of name: String, _ copy: (any ParentStream)?, _ depth: Int) -> NameSet {
      let stream: (any ParentStream)? = byName[name] ?? (topLevelNames.contains(name) ? copy : nil)
      guard let stream, depth < Self.longestLineage, stream.cursor.followsPartitions else { return [] }
      return stream.parentStreams.reduce(into: []) { names, parent in
        names.insert(parent.name)
        names.formUnion(ancestors(of: parent.name, parent, depth + 1))
      }
    }
    for stream in streams {
      guard let group = groups[stream.name] else { continue }
      if let parent = ancestors(of: stream.name, nil, 0).sorted().first(where: { groups[$0] == group }) {
        throw ConnectorError(
          .system,
          "The streams `\(stream.name)` and `\(parent)` are both in the group `\(group)`, but one reads the other: put them "
            + "into different groups")
      }
    }
  }
}
