/// A graph as a picture: a frame for each API, streams in columns behind their parents, those without relations in a grid.
struct GraphPicture {
  /// Where something is.
  struct Box {
    var x = 0.0
    var y = 0.0
    var width = 0.0
    var height = 0.0

    var right: Double { x + width }
    var bottom: Double { y + height }
    var middle: Double { y + height / 2 }
  }

  private struct Frame {
    let title: String
    let subtitle: String
    var box: Box
  }

  private enum Size {
    static let margin = 24.0
    static let padding = 16.0
    static let frameTitle = 44.0
    static let nameLine = 18.0
    static let detailLine = 15.0
    static let rowGap = 12.0
    static let columnGap = 28.0
    static let header = 56.0
    /// Of the fonts that are asked for.
    static let nameLetter = 8.6
    static let detailLetter = 6.7
    static let labelLetter = 6.1
    static let mostLetters = 44
  }

  private let graph: ConnectorGraph
  private let tree: GraphTree
  private let depths: [Int]
  private(set) var boxes: [Box]
  private var frames: [Frame] = []
  private(set) var width = 0.0
  private(set) var height = 0.0

  init(_ graph: ConnectorGraph) {
    self.graph = graph
    tree = graph.tree
    depths = graph.depths
    boxes = graph.streams.map(Self.size)
    place()
  }

  // MARK: Layout

  private static func lines(of stream: ConnectorGraph.Stream) -> [String] { stream.details.map { cut($0, Size.mostLetters) } }

  private static func size(_ stream: ConnectorGraph.Stream) -> Box {
    let name = Double(cut(stream.name, Size.mostLetters).count) * Size.nameLetter
    let details = lines(of: stream)
    let longest = Double(details.map(\.count).max() ?? 0) * Size.detailLetter
    return Box(
      width: max(name, longest, 90) + 26, height: Size.nameLine + 14 + Double(details.count) * Size.detailLine)
  }

  static func cut(_ text: String, _ count: Int) -> String { text.count <= count ? text : text.prefix(count - 1) + "…" }

  private mutating func place() {
    // A column is as wide as its widest stream; labels stand before the boxes that they lead to.
    let related = Set(graph.edges.flatMap { [$0.parent, $0.child] })
    var columns: [Double] = []
    for stream in graph.streams.indices where related.contains(stream) {
      while columns.count <= depths[stream] { columns.append(0) }
      columns[depths[stream]] = max(columns[depths[stream]], boxes[stream].width)
    }
    let labels = graph.edges.map { Double(Self.cut($0.label, 30).count) * Size.labelLetter }.max() ?? 0
    var starts: [Double] = []
    var x = Size.margin + Size.padding
    for column in columns {
      starts.append(x)
      x += column + labels + 64
    }
    let relatedWidth = columns.isEmpty ? 0 : x - labels - 64 - Size.margin - Size.padding

    var y = Size.header
    for api in graph.apis.indices.map({ Optional($0) }) + [nil] {
      let members = graph.streams.indices.filter { graph.streams[$0].api == api }
      guard !members.isEmpty else { continue }
      let top = y
      y += Size.frameTitle
      var right = Size.margin + Size.padding + Double(max(title(api).count, subtitle(api).count)) * Size.nameLetter
      for root in members where related.contains(root) && !isBelow(root, in: api) {
        y = placeTree(root, in: api, at: y, starts)
      }
      for member in members where related.contains(member) { right = max(right, boxes[member].right) }
      let alone = members.filter { !related.contains($0) }
      if !alone.isEmpty, alone.count < members.count { y += Size.rowGap }
      let bottom = placeGrid(alone, at: y, beside: relatedWidth)
      for member in alone { right = max(right, boxes[member].right) }
      y = bottom + Size.padding - Size.rowGap
      frames.append(
        Frame(
          title: title(api), subtitle: subtitle(api),
          box: Box(x: Size.margin, y: top, width: right + Size.padding - Size.margin, height: y - top)))
      y += Size.margin
    }
    let widest = frames.map(\.box.width).max() ?? 200
    for index in frames.indices { frames[index].box.width = widest }
    width = max(widest + 2 * Size.margin, 360)
    height = y
  }

  /// Whether a stream is below another one of its frame.
  private func isBelow(_ stream: Int, in api: Int?) -> Bool {
    tree.parents[stream].map { graph.streams[$0.parent].api == api } ?? false
  }

  /// Places a stream beside the middle of its children.
  /// - Returns: where the next one begins.
  private mutating func placeTree(_ stream: Int, in api: Int?, at y: Double, _ starts: [Double]) -> Double {
    boxes[stream].x = starts[depths[stream]]
    let children = (tree.children[stream] ?? []).map(\.child).filter { graph.streams[$0].api == api }
    var next = y
    for child in children { next = placeTree(child, in: api, at: next, starts) }
    guard let first = children.first, let last = children.last else {
      boxes[stream].y = y
      return y + boxes[stream].height + Size.rowGap
    }
    let middle = (boxes[first].middle + boxes[last].middle) / 2
    boxes[stream].y = max(y, middle - boxes[stream].height / 2)
    return max(next, boxes[stream].bottom + Size.rowGap)
  }

  private mutating func placeGrid(_ members: [Int], at y: Double, beside width: Double) -> Double {
    guard !members.isEmpty else { return y }
    let widest = members.map { boxes[$0].width }.max() ?? 0
    let height = members.map { boxes[$0].height }.reduce(0, +) / Double(members.count)
    // About half as high again as wide, unless other streams need the width anyway.
    let square = Int((Double(members.count) * (height + Size.rowGap) / (widest + Size.columnGap)).squareRoot().rounded(.up))
    let beside = Int((width + Size.columnGap) / (widest + Size.columnGap))
    let columns = max(1, min(members.count, max(square, beside, members.count < 4 ? members.count : 3)))
    let rows = (members.count + columns - 1) / columns
    var bottom = y
    // Down the columns, as lists are read.
    var rowTops = Array(repeating: y, count: rows + 1)
    for row in 0..<rows {
      let inRow = stride(from: row, to: members.count, by: rows)
      let highest = inRow.map { boxes[members[$0]].height }.max() ?? 0
      rowTops[row + 1] = rowTops[row] + highest + Size.rowGap
    }
    for (number, member) in members.enumerated() {
      boxes[member].x = Size.margin + Size.padding + Double(number / rows) * (widest + Size.columnGap)
      boxes[member].y = rowTops[number % rows]
      boxes[member].width = widest
      bottom = max(bottom, boxes[member].bottom + Size.rowGap)
    }
    return bottom
  }

  private func title(_ api: Int?) -> String { api.map { Self.cut(graph.apis[$0].address, 80) } ?? "Custom" }
  private func subtitle(_ api: Int?) -> String { api.map { graph.apis[$0].authenticator } ?? "components of the connector's own" }

  // MARK: Drawing

  var svg: String {
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.number(width))" height="\(Self.number(height))" \
      viewBox="0 0 \(Self.number(width)) \(Self.number(height))" role="img">
      """,
      "<title>\(Self.escaped(graph.title))</title>", Self.style,
      "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
        + "<path d=\"M0 0.5 L7.5 4 L0 7.5 z\" fill=\"#57606a\"/></marker></defs>",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
      "<text class=\"title\" x=\"\(Self.number(Size.margin))\" y=\"30\">\(Self.escaped(Self.cut(graph.title, 60)))</text>",
    ]
    lines += legend()
    for frame in frames { lines += drawn(frame) }
    // Lines lie below the boxes, labels above everything.
    lines += graph.edges.map(line)
    for stream in graph.streams.indices { lines += drawn(stream) }
    lines += graph.edges.map(label)
    return (lines + ["</svg>"]).joined(separator: "\n")
  }

  private static let style = """
    <style>
    text { font-family: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
    .title { font-size: 17px; font-weight: 600 }
    .api { font-size: 13px; font-weight: 600 }
    .faint { font-size: 11.5px; fill: #57606a }
    .name { font-size: 13px; font-weight: 600 }
    .detail { font-size: 11px; fill: #424a53; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
    .label { font-size: 10.5px; fill: #57606a; paint-order: stroke; stroke: #f6f8fa; stroke-width: 4px }
    .frame { fill: #f6f8fa; stroke: #d0d7de }
    .box { fill: #ffffff; stroke: #afb8c1 }
    .parent { stroke-dasharray: 4 3 }
    .dynamic { stroke: #8250df; stroke-dasharray: 4 3 }
    .edge { fill: none; stroke: #57606a; stroke-width: 1.2 }
    </style>
    """

  private func legend() -> [String] {
    var entries: [(color: String, words: String)] = []
    if graph.streams.contains(where: { $0.cursor != nil }) { entries.append(("#2da44e", "incremental")) }
    if graph.streams.contains(where: { $0.cursor == nil && $0.kind == .stream }) { entries.append(("#8c959f", "full refresh")) }
    if graph.streams.contains(where: { $0.kind == .parent }) { entries.append(("#bf8700", "for its children alone")) }
    if graph.streams.contains(where: { $0.kind == .dynamic }) { entries.append(("#8250df", "dynamic")) }
    var x = Size.margin
    return entries.map { entry in
      defer { x += Double(entry.words.count) * 6.4 + 30 }
      return "<rect x=\"\(Self.number(x))\" y=\"39\" width=\"8\" height=\"8\" rx=\"2\" fill=\"\(entry.color)\"/>"
        + "<text class=\"faint\" x=\"\(Self.number(x + 13))\" y=\"47\">\(entry.words)</text>"
    }
  }

  private func drawn(_ frame: Frame) -> [String] {
    let box = frame.box
    return [
      "<rect class=\"frame\" \(Self.attributes(box)) rx=\"10\"/>",
      "<text class=\"api\" x=\"\(Self.number(box.x + Size.padding))\" y=\"\(Self.number(box.y + 20))\">\(Self.escaped(frame.title))</text>",
      "<text class=\"faint\" x=\"\(Self.number(box.x + Size.padding))\" y=\"\(Self.number(box.y + 35))\">\(Self.escaped(frame.subtitle))</text>",
    ]
  }

  private func color(_ stream: ConnectorGraph.Stream) -> String {
    switch stream.kind {
    case .parent: "#bf8700"
    case .dynamic: "#8250df"
    case .stream: stream.cursor == nil ? "#8c959f" : "#2da44e"
    }
  }

  private func drawn(_ index: Int) -> [String] {
    let (stream, box) = (graph.streams[index], boxes[index])
    let kind = stream.kind == .stream ? "" : " \(stream.kind.rawValue)"
    var lines = [
      "<g><title>\(Self.escaped(([stream.name] + stream.details + [stream.place ?? ""]).joined(separator: "\n")))</title>"
    ]
    lines.append("<rect class=\"box\(kind)\" \(Self.attributes(box)) rx=\"6\"/>")
    lines.append(
      "<rect x=\"\(Self.number(box.x + 4))\" y=\"\(Self.number(box.y + 7))\" width=\"4\" height=\"\(Self.number(box.height - 14))\" rx=\"2\" "
        + "fill=\"\(color(stream))\"/>")
    let x = Self.number(box.x + 15)
    lines.append(
      "<text class=\"name\" x=\"\(x)\" y=\"\(Self.number(box.y + 20))\">\(Self.escaped(Self.cut(stream.name, Size.mostLetters)))</text>"
    )
    for (number, text) in Self.lines(of: stream).enumerated() {
      let y = box.y + 20 + Double(number + 1) * Size.detailLine
      lines.append("<text class=\"detail\" x=\"\(x)\" y=\"\(Self.number(y))\">\(Self.escaped(text))</text>")
    }
    return lines + ["</g>"]
  }

  private func line(_ edge: ConnectorGraph.Edge) -> String {
    let (from, to) = (boxes[edge.parent], boxes[edge.child])
    let bend = max(28, (to.x - from.right) / 2)
    let (x1, y1, x2, y2) = (from.right, from.middle, to.x - 1, to.middle)
    return "<path class=\"edge\" marker-end=\"url(#tip)\" d=\"M\(Self.number(x1)) \(Self.number(y1)) "
      + "C\(Self.number(x1 + bend)) \(Self.number(y1)) \(Self.number(x2 - bend)) \(Self.number(y2)) \(Self.number(x2)) \(Self.number(y2))\"/>"
  }

  private func label(_ edge: ConnectorGraph.Edge) -> String {
    let to = boxes[edge.child]
    // Several that lead to one stream stand above each other.
    let others = graph.edges.filter { $0.child == edge.child }
    let number = others.firstIndex { $0.parent == edge.parent && $0.label == edge.label } ?? 0
    // On the side that the line does not come from.
    let isBelow = to.middle > boxes[edge.parent].middle + 6
    let y = isBelow ? to.middle + 13 + Double(number) * 12 : to.middle - 5 - Double(number) * 12
    return "<text class=\"label\" text-anchor=\"end\" x=\"\(Self.number(to.x - 12))\" y=\"\(Self.number(y))\">"
      + "\(Self.escaped(Self.cut(edge.label, 30)))</text>"
  }

  private static func attributes(_ box: Box) -> String {
    "x=\"\(number(box.x))\" y=\"\(number(box.y))\" width=\"\(number(box.width))\" height=\"\(number(box.height))\""
  }

  private static func number(_ value: Double) -> String {
    let rounded = (value * 10).rounded() / 10
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }

  static func escaped(_ text: String) -> String {
    // What XML cannot hold is left out.
    let allowed = text.unicodeScalars.filter { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" }
    return String(String.UnicodeScalarView(allowed)).replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }
}
