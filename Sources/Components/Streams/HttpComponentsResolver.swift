import ConnectorModel
import JSON
import Jinja
import Manifest

/// Makes a stream for each record that an API gives.
package struct HttpComponentsResolver: Component, ComponentsResolver {
  private let retriever: any Retriever
  private let cursor: any Cursor
  private let mappings: [ComponentMappingDefinition]
  private let scope: BuildScope

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    var stream = scope.stream
    if stream.name.isEmpty { stream.name = "__http_components_resolver" }
    stream.state = nil
    stream.configured = nil
    let inner = scope.entering(stream)
    let source = try node.required("retriever")
    cursor = FinalStateCursor(router: try PartitionRouters.make(from: source["partition_router"], in: inner))
    retriever = try inner.entering(ReadingScope(requestOptions: cursor)).build(source)
    mappings = try node.nodes("components_mapping").map {
      try ComponentMappingDefinition($0, parameters: node.parameters, in: scope)
    }
    self.scope = scope
  }

  package func resolve(_ template: ManifestNode, _ body: (ManifestNode) throws -> Void) async throws {
    let stream = StreamTemplate(template, in: scope)
    try await cursor.slices { slice in
      var records: [Record] = []
      do {
        try await retriever.read(slice) { page in
          records += page.records
          return true
        }
      } catch var error as ConnectorError {
        error.isTraced = true
        throw error
      }
      for record in records {
        try body(stream.filled(by: mappings, .http, record.templateValue, slice: slice))
      }
    }
  }
}
