/// The parts of a manifest that have names, as a tree.
struct SymbolLister {
  private let outline: Outline

  init(_ outline: Outline) { self.outline = outline }

  struct Symbol: Equatable {
    enum Kind: Int {
      case module = 2
      case `class` = 5
      case property = 7
      case field = 8
      case object = 19
      case key = 20
    }

    var name: String
    var detail: String
    var kind: Kind
    var extent: Range<Int>
    /// What is chosen where the symbol is opened.
    var selection: Range<Int>
    var children: [Symbol] = []
  }

  func symbols() -> [Symbol] {
    outline.members(of: outline.root).compactMap { member in
      guard let key = outline.key(of: member) else { return nil }
      var symbol = symbol(member, named: key.text, .module)
      switch key.text {
      case "streams", "dynamic_streams":
        symbol.children = outline.elements(of: member).enumerated().map { stream($1, number: $0) }
      case "definitions", "schemas": symbol.children = shelf(member, depth: 0)
      case "spec": symbol.children = properties(of: outline.member("connection_specification", of: member))
      default: break
      }
      return symbol
    }
  }

  private func symbol(_ node: Int, named name: String, _ kind: Symbol.Kind) -> Symbol {
    let extent = outline.extent(of: node)
    let selection = outline.key(of: node)?.range ?? outline.token(at: extent.lowerBound).clamped(to: extent)
    let type = outline.string("type", of: node) ?? outline.string("$ref", of: node) ?? ""
    // Clients refuse a symbol without a name.
    return Symbol(name: name.isEmpty ? "-" : name, detail: type, kind: kind, extent: extent, selection: selection)
  }

  private func stream(_ node: Int, number: Int) -> Symbol {
    let named = ManifestOutline(outline).stream(node)
    var symbol = symbol(node, named: named?.name ?? outline.string("name", of: node) ?? "[\(number)]", .class)
    symbol.children = components(of: node)
    return symbol
  }

  private func components(of node: Int) -> [Symbol] {
    outline.members(of: node).filter { outline.nodes[$0].kind == .mapping }.compactMap { member in
      outline.key(of: member).map { symbol(member, named: $0.text, .object) }
    }
  }

  private func shelf(_ node: Int, depth: Int) -> [Symbol] {
    outline.members(of: node).compactMap { member in
      guard let key = outline.key(of: member) else { return nil }
      let isComponent = outline.string("type", of: member) != nil
      var symbol = symbol(member, named: key.text, isComponent ? .object : .key)
      if isComponent {
        symbol.children = components(of: member)
      } else if depth < 3 {
        symbol.children = shelf(member, depth: depth + 1)
      }
      return symbol
    }
  }

  private func properties(of schema: Int?) -> [Symbol] {
    guard let schema, let properties = outline.member("properties", of: schema) else { return [] }
    return outline.members(of: properties).compactMap { member in
      outline.key(of: member).map { symbol(member, named: $0.text, .field) }
    }
  }
}
