import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Templating

/// The partitions of several routers one after the other, each value once.
package struct UnionPartitionRouter: Component, PartitionRouter {
  let partitionField: String
  private let routers: [any PartitionRouter]
  private let log: any Log

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let nodes = try node.nodes("partition_routers")
    guard nodes.count >= 2 else {
      throw ConnectorError(.system, "A `UnionPartitionRouter` needs at least two routers", at: node.node)
    }
    let field = try InterpolatedString(node.required("partition_field"), parameters: node.parameters)
      .string(EvaluationContext(config: scope.templateConfig))
    partitionField = field
    log = scope.runtime.log
    routers = try nodes.map { child in
      let router = try scope.build(child, as: (any PartitionRouter).self)
      if let other = try Self.fields(of: router).first(where: { $0 != field }) {
        throw ConnectorError(
          .system, "The routers of this `UnionPartitionRouter` should have the partition field `\(field)`; one has `\(other)`",
          at: child)
      }
      return router
    }
  }

  private static func fields(of router: any PartitionRouter) throws -> [String] {
    switch router {
    case let list as ListPartitionRouter: [try list.cursorField.get()]
    case let substream as SubstreamPartitionRouter: try substream.parents.map { try $0.partitionField.get() }
    case let union as UnionPartitionRouter: [union.partitionField]
    default: []
    }
  }

  package var parentStreams: [any ParentStream] { routers.flatMap(\.parentStreams) }

  package func partitions(_ body: (StreamSlice) async throws -> Void) async throws {
    var seen: Set<JSONValue> = []
    for router in routers {
      try await router.partitions { slice in
        guard let value = slice.partition[partitionField] else {
          throw ConnectorError(.system, "A partition of a `UnionPartitionRouter` lacks the field `\(partitionField)`")
        }
        guard seen.insert(try PartitionRouters.hashable(value)).inserted else { return }
        var extra = slice.extraFields
        for (key, carried) in slice.partition where key != partitionField { extra[key] = carried }
        try await body(StreamSlice(partition: [partitionField: value], extraFields: extra))
      }
    }
  }

  /// The states of all routers' parents; of two parents with the same name the last one's.
  package var parentState: JSONObject? {
    get throws {
      var state: JSONObject = [:]
      for router in routers {
        guard let parents = try router.parentState else { continue }
        let shared = parents.keys.filter { state[$0] != nil }.sorted()
        if !shared.isEmpty {
          log.log(.warn, "Several routers of a union read the parent streams \(shared); one state of each is kept.")
        }
        state.merge(parents) { $1 }
      }
      return state
    }
  }

  /// None: a partition does not show which of the routers it came from.
  package func requestParts(for slice: StreamSlice, token: PageToken?) throws -> RequestParts { RequestParts() }
}
