import AirbyteProtocol
import ConnectorModel
import Manifest

/// The manifest's streams and the parents of their partitions have a `name`, as the reference needs one to decide whose responses are
/// kept. It does not ask the parents of parents.
package enum StreamNames: CompositionRule {
  package static var subjects: [any Component.Type] { [DeclarativeStream.self, StateDelegatingStream.self] }
  package static var precedesParts: Bool { true }

  package static func violations(of stream: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    var nameless = [stream.node].filter { $0["name"] == nil }
    if let router = stream.node["retriever"]?["partition_router"] {
      ParentStreams.forEachParent(of: router) { parent in
        if let stream = parent["stream"], stream["name"] == nil { nameless.append(stream) }
      }
    }
    return nameless.map {
      let type = $0["type"]?.string ?? DeclarativeStream.typeName
      return ConnectorError(.system, "`\(type)` needs a `name`", at: $0, cause: .missing(["name"]))
    }
  }
}
