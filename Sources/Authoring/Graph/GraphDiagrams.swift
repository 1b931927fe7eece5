/// A graph as a flowchart of Mermaid, which GitHub and many editors draw.
struct GraphMermaid {
  private let graph: ConnectorGraph

  init(_ graph: ConnectorGraph) { self.graph = graph }

  var text: String {
    var lines = ["flowchart LR"]
    for api in graph.apis.indices.map({ Optional($0) }) + [nil] {
      let members = graph.streams.indices.filter { graph.streams[$0].api == api }
      guard !members.isEmpty else { continue }
      if let api {
        lines.append(
          "  subgraph api\(api)[\"\(Self.escaped(graph.apis[api].address))<br/>\(Self.escaped(graph.apis[api].authenticator))\"]")
      }
      for member in members { lines.append((api == nil ? "  " : "    ") + node(member)) }
      if api != nil { lines.append("  end") }
    }
    for edge in graph.edges { lines.append("  s\(edge.parent) -->|\"\(Self.escaped(edge.label))\"| s\(edge.child)") }
    lines.append("  classDef incremental stroke:#2da44e,stroke-width:2px")
    lines.append("  classDef parent stroke-dasharray:4 3")
    lines.append("  classDef dynamic stroke:#8250df,stroke-dasharray:4 3")
    return lines.joined(separator: "\n")
  }

  private func node(_ index: Int) -> String {
    let stream = graph.streams[index]
    let words = ["<b>\(Self.escaped(stream.name))</b>"] + stream.details.map(Self.escaped)
    let style =
      switch stream.kind {
      case .parent: ":::parent"
      case .dynamic: ":::dynamic"
      case .stream: stream.cursor == nil ? "" : ":::incremental"
      }
    return "s\(index)[\"\(words.joined(separator: "<br/>"))\"]\(style)"
  }

  /// Mermaid reads entities by `#`.
  private static func escaped(_ text: String) -> String {
    text.replacing("#", with: "#35;").replacing("\"", with: "#quot;").replacing("<", with: "#lt;").replacing(">", with: "#gt;")
      .replacing("`", with: "#96;")
  }
}

/// A graph in the language of Graphviz.
struct GraphDOT {
  private let graph: ConnectorGraph

  init(_ graph: ConnectorGraph) { self.graph = graph }

  var text: String {
    var lines = [
      "digraph connector {", "  rankdir=LR;", "  node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=11];",
      "  edge [fontname=\"Helvetica\", fontsize=9];",
    ]
    for api in graph.apis.indices.map({ Optional($0) }) + [nil] {
      let members = graph.streams.indices.filter { graph.streams[$0].api == api }
      guard !members.isEmpty else { continue }
      if let api {
        lines.append("  subgraph cluster_\(api) {")
        lines.append("    label=\(Self.quoted([graph.apis[api].address, graph.apis[api].authenticator]));")
      }
      for member in members { lines.append("    " + node(member)) }
      if api != nil { lines.append("  }") }
    }
    for edge in graph.edges { lines.append("  s\(edge.parent) -> s\(edge.child) [label=\(Self.quoted([edge.label]))];") }
    return (lines + ["}"]).joined(separator: "\n")
  }

  private func node(_ index: Int) -> String {
    let stream = graph.streams[index]
    var attributes = ["label=\(Self.quoted([stream.name] + stream.details))"]
    switch stream.kind {
    case .parent: attributes.append("style=\"rounded,dashed\"")
    case .dynamic: attributes += ["style=\"rounded,dashed\"", "color=\"#8250df\""]
    case .stream: if stream.cursor != nil { attributes.append("color=\"#2da44e\"") }
    }
    return "s\(index) [\(attributes.joined(separator: ", "))];"
  }

  private static func quoted(_ lines: [String]) -> String {
    "\"" + lines.map { $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") }.joined(separator: "\\n") + "\""
  }
}

extension ConnectorGraph.Stream {
  /// The lines below the name.
  var details: [String] {
    [
      request, condition.map { "if \($0)" }, partitions.flatMap { $0.hasPrefix("each record of") ? nil : $0 },
      cursor.map { "since \($0)" }, pages,
    ].compactMap { $0 }.filter { !$0.isEmpty }
  }
}
