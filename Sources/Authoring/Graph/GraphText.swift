/// A graph as a tree in text, by API.
struct GraphText {
  private let graph: ConnectorGraph

  init(_ graph: ConnectorGraph) { self.graph = graph }

  var text: String {
    var blocks: [String] = []
    let children = graph.tree
    for api in graph.apis.indices.map({ Optional($0) }) + [nil] {
      let roots = children.roots.filter { graph.streams[$0].api == api }
      guard !roots.isEmpty else { continue }
      var lines = [title(api)]
      for (number, root) in roots.enumerated() {
        lines += branch(root, nil, children, isLast: number == roots.count - 1, indentation: "")
      }
      blocks.append(lines.joined(separator: "\n"))
    }
    if blocks.isEmpty { return "There is no stream." }
    let count = graph.streams.count { $0.kind != .parent }
    let parents = graph.streams.count - count
    let summary =
      "\(count) \(count == 1 ? "stream" : "streams")" + (parents == 0 ? "" : ", \(parents) read for their children alone")
      + ", \(graph.apis.count) \(graph.apis.count == 1 ? "API" : "APIs")"
    return (blocks + [summary]).joined(separator: "\n\n")
  }

  private func title(_ api: Int?) -> String {
    guard let api else { return "Custom" }
    let shown = graph.apis[api]
    return "\(shown.address)  \(shown.authenticator)\(shown.place.map { " (\($0))" } ?? "")"
  }

  private func branch(
    _ stream: Int, _ edge: ConnectorGraph.Edge?, _ children: GraphTree, isLast: Bool, indentation: String
  ) -> [String] {
    let shown = graph.streams[stream]
    let kind =
      switch shown.kind {
      case .stream: ""
      case .parent: " (for its children alone)"
      case .dynamic: " (dynamic)"
      }
    var words = [shown.name + kind, shown.request]
    if let edge { words.append("for each \(edge.label)") }
    if let partitions = shown.partitions, edge == nil || !partitions.hasPrefix("each record of") { words.append(partitions) }
    if let cursor = shown.cursor { words.append("since \(cursor)") }
    if let pages = shown.pages { words.append(pages) }
    if let condition = shown.condition { words.append("if \(condition)") }
    var lines = [indentation + (isLast ? "└─ " : "├─ ") + words.filter { !$0.isEmpty }.joined(separator: "  ")]
    let inner = indentation + (isLast ? "   " : "│  ")
    let below = children.children[stream] ?? []
    for (number, edge) in below.enumerated() {
      lines += branch(edge.child, edge, children, isLast: number == below.count - 1, indentation: inner)
    }
    return lines
  }
}

/// Each stream below one of its parents, the deepest one.
struct GraphTree {
  var roots: [Int] = []
  var children: [Int: [ConnectorGraph.Edge]] = [:]
  /// The edges that are in the tree, by child.
  var parents: [Int: ConnectorGraph.Edge] = [:]
}

extension ConnectorGraph {
  var tree: GraphTree {
    let depths = depths
    var tree = GraphTree()
    for child in streams.indices {
      let above = edges.filter { $0.child == child && depths[$0.parent] < depths[child] }
      guard let deepest = above.max(by: { (depths[$0.parent], -$0.parent) < (depths[$1.parent], -$1.parent) }) else {
        tree.roots.append(child)
        continue
      }
      tree.children[deepest.parent, default: []].append(deepest)
      tree.parents[child] = deepest
    }
    return tree
  }
}
