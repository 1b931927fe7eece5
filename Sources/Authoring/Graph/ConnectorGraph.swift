import JSON

/// The streams of a manifest and what holds them together: whose records make whose partitions, and which API and credentials they
/// share.
package struct ConnectorGraph: Sendable {
  /// A stream, in short words for a picture.
  package struct Stream: Sendable {
    package enum Kind: String, Sendable {
      case stream
      /// Read for the sake of others alone.
      case parent
      /// A template of which the API or the config makes streams.
      case dynamic
    }

    package var name: String
    package var kind = Kind.stream
    /// The method and the path.
    package var request = ""
    /// What it is cut into besides the records of parents; nil if nothing.
    package var partitions: String?
    /// Its cursor; nil if it is always read wholly.
    package var cursor: String?
    package var pages: String?
    /// The condition that it is there under.
    package var condition: String?
    package var place: String?
    /// The API that it is read from, by its place among ``ConnectorGraph/apis``; nil if that is not known.
    package var api: Int?
  }

  /// An address and the credentials for it, which streams share.
  package struct API: Sendable {
    package var address: String
    package var authenticator: String
    /// Where the manifest has the authenticator.
    package var place: String?
  }

  /// The records of a stream are the partitions of another one.
  package struct Edge: Sendable {
    package var parent: Int
    package var child: Int
    /// What of the record becomes what of the partition.
    package var label: String
  }

  package var title = ""
  package var streams: [Stream] = []
  package var apis: [API] = []
  package var edges: [Edge] = []

  package init() {}

  /// How many streams are above each: 0 for those without parents.
  var depths: [Int] {
    var depths = Array(repeating: 0, count: streams.count)
    // Names may make circles; whatever is deeper than there are streams is in one.
    for _ in streams.indices {
      var isChanged = false
      for edge in edges where edge.parent != edge.child && depths[edge.child] <= depths[edge.parent] {
        guard depths[edge.parent] + 1 < streams.count else { continue }
        depths[edge.child] = depths[edge.parent] + 1
        isChanged = true
      }
      if !isChanged { break }
    }
    return depths
  }
}

/// How a graph is written.
package enum GraphFormat: String, CaseIterable, Sendable {
  case text, svg, mermaid, dot, json
}

extension ConnectorGraph {
  package func written(as format: GraphFormat) -> String {
    switch format {
    case .text: GraphText(self).text
    case .svg: GraphPicture(self).svg
    case .mermaid: GraphMermaid(self).text
    case .dot: GraphDOT(self).text
    case .json: json.jsonText
    }
  }

  private var json: JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    return [
      "title": .string(title),
      "apis": .array(
        apis.map {
          ["address": .string($0.address), "authenticator": .string($0.authenticator), "authenticator_place": text($0.place)]
        }),
      "streams": .array(
        streams.map { stream in
          [
            "name": .string(stream.name), "kind": .string(stream.kind.rawValue), "request": .string(stream.request),
            "partitions": text(stream.partitions), "cursor": text(stream.cursor), "pages": text(stream.pages),
            "condition": text(stream.condition), "place": text(stream.place), "api": stream.api.map { .int($0) } ?? .null,
          ]
        }),
      "parents": .array(
        edges.map { edge in
          [
            "parent": .string(streams[edge.parent].name), "child": .string(streams[edge.child].name),
            "partition": .string(edge.label),
          ]
        }),
    ]
  }
}
