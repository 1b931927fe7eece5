import AirbyteProtocol
import ConnectorModel
import Manifest

/// A generated stream has no null where it is read, as in the reference.
package enum StreamParts: CompositionRule {
  package static var subjects: [any Component.Type] { [DeclarativeStream.self, StateDelegatingStream.self] }
  package static var precedesParts: Bool { true }

  package static func violations(of stream: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    ["incremental_sync", "retriever"].compactMap { stream.node[$0] }.filter(\.isNull).map {
      ConnectorError(
        .system, "`\($0.key ?? "")` of stream `\(stream["name"]?.string ?? "")` should not be null: leave it out", at: $0)
    }
  }
}
