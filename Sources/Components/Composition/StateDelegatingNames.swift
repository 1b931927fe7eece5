import AirbyteProtocol
import ConnectorModel
import Manifest

/// Two ways to read one stream have its name.
enum StateDelegatingNames: CompositionRule {
  static var subjects: [any Component.Type] { [StateDelegatingStream.self] }
  static var precedesParts: Bool { true }

  static func violations(of stream: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    let name = stream["name"]?.string ?? ""
    let ways = [stream["full_refresh_stream"], stream["incremental_stream"]].compactMap { $0 }
    if ways.allSatisfy({ ($0["name"]?.string ?? "") == name }) { return [] }
    return [
      ConnectorError(.system, "The two streams of the `StateDelegatingStream` `\(name)` should have its name", at: stream.node)
    ]
  }
}
