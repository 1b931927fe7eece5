/// Says that the page token is the path (or the complete URL) of the next request.
struct RequestPath: Component {
  init(from node: ComponentNode, in scope: BuildScope) throws {}
}
