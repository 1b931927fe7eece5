import JSON
import Jinja

/// Makes a stream for each record that an API gives.
struct HttpComponentsResolver: Component, ComponentsResolver {
  private let retriever: any Retriever
  private let cursor: any Cursor
  private let mappings: [ComponentMappingDefinition]
  private let context: BuildContext

  init(from node: ComponentNode, in context: BuildContext) throws {
    var inner = context
    if inner.streamName.isEmpty { inner.streamName = "__http_components_resolver" }
    inner.siblings = SiblingContext()
    inner.streamState = nil
    inner.configuredStream = nil
    let source = try node.required("retriever")
    cursor = FinalStateCursor(router: try PartitionRouters.make(from: source["partition_router"], in: inner))
    inner.siblings.requestOptions = cursor
    retriever = try inner.build(source)
    mappings = try node.nodes("components_mapping").map {
      try ComponentMappingDefinition($0, parameters: node.parameters, in: context).withoutCondition()
    }
    self.context = context
  }

  func resolve(_ template: ManifestNode, _ body: (ManifestNode) throws -> Void) async throws {
    let scope = TemplateScope(template, in: context)
    try await cursor.slices { slice in
      var records: [Record] = []
      do {
        try await retriever.read(slice, normalizer: nil) { page in
          records += page.records
          return true
        }
      } catch var error as ConnectorError {
        error.isTraced = true
        throw error
      }
      for record in records {
        try body(scope.filled(by: mappings, .http, record.templateValue, slice: slice))
      }
    }
  }
}
