import ConnectorModel

/// Says that the page token is the path (or the complete URL) of the next request.
package struct RequestPath: Component {
  package init(from node: ComponentNode, in scope: BuildScope) throws {}
}
