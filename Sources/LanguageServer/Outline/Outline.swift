import JSONSchema

/// What a text holds as YAML, as far as that can be told of a text that is being written: its mappings, lists and scalars with the ranges
/// of their bytes.
///
/// The parser of manifests stops at the first error, and knows where values begin. This tree is there for every text, and what it has for
/// a text that is YAML is the same.
struct Outline: Sendable {
  struct Node: Sendable {
    enum Kind: Sendable, Equatable {
      case mapping, sequence
      case plain, single, double, block
      /// `*name`.
      case alias
      /// Nothing is written there.
      case empty
    }

    var kind: Kind
    /// The bytes of a scalar with its quotes, or of a whole collection.
    var range: Range<Int>
    /// The collection that it is in.
    var parent: Int?
    /// What it is in the parent.
    var place: Place
    /// The members, in order.
    var children: [Int] = []
    /// The name behind `&`.
    var anchor: String?
    /// Whether it is written in brackets or braces, or in those of another.
    var isFlow = false
  }

  enum Place: Sendable {
    case root
    case index(Int)
    /// The value of a key. One without a colon behind it is not finished.
    case key(String, range: Range<Int>, hasColon: Bool)
  }

  let bytes: [UInt8]
  /// The first one is the root.
  let nodes: [Node]
  /// The scalars that are references: texts that begin with `#/`.
  let references: [Int]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var parser = OutlineParser(bytes)
    let nodes = parser.parse()
    self.nodes = nodes
    references = nodes.indices.filter { index in
      let range = nodes[index].range
      switch nodes[index].kind {
      case .single, .double: return bytes[range].dropFirst().starts(with: "#/".utf8)
      case .plain: return bytes[range].starts(with: "#/".utf8)
      case .mapping, .sequence, .block, .alias, .empty: return false
      }
    }
  }

  var root: Int { 0 }

  // MARK: Values

  func key(of node: Int) -> (text: String, range: Range<Int>)? {
    if case .key(let text, let range, _) = nodes[node].place { (text, range) } else { nil }
  }

  /// The text of a scalar; nil for anything else.
  func string(_ node: Int) -> String? {
    let range = nodes[node].range
    switch nodes[node].kind {
    case .plain, .block: return String(decoding: bytes[range], as: UTF8.self)
    case .single, .double: return Self.unquoted(bytes[range])
    case .mapping, .sequence, .alias, .empty: return nil
    }
  }

  /// What is in quotes, as far as they are closed.
  static func unquoted(_ bytes: ArraySlice<UInt8>) -> String {
    guard let quote = bytes.first else { return "" }
    var inner = bytes.dropFirst()
    if inner.last == quote, !inner.isEmpty { inner = inner.dropLast() }
    return decoded(inner, quote: quote)
  }

  /// The text that bytes within quotes mean; escapes of control characters stay as they are.
  static func decoded(_ bytes: ArraySlice<UInt8>, quote: UInt8) -> String {
    let mark: UInt8 = quote == UInt8(ascii: "'") ? quote : UInt8(ascii: "\\")
    guard bytes.contains(mark) else { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let next = bytes.index(after: index)
      if bytes[index] == mark, next < bytes.endIndex, [quote, mark].contains(bytes[next]) { index = next }
      result.append(bytes[index])
      index = bytes.index(after: index)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The value of a key of a mapping; of several the last one.
  func member(_ key: String, of node: Int) -> Int? {
    guard nodes[node].kind == .mapping else { return nil }
    return nodes[node].children.last { self.key(of: $0)?.text == key }
  }

  func elements(of node: Int) -> [Int] { nodes[node].kind == .sequence ? nodes[node].children : [] }

  func members(of node: Int) -> [Int] { nodes[node].kind == .mapping ? nodes[node].children : [] }

  /// The text of a member.
  func string(_ key: String, of node: Int) -> String? { member(key, of: node).flatMap(string) }

  /// The way from the root.
  func path(of node: Int) -> [PathElement] {
    var path: [PathElement] = []
    var current: Int? = node
    while let node = current {
      switch nodes[node].place {
      case .root: break
      case .index(let index): path.append(.index(index))
      case .key(let key, _, _): path.append(.key(key))
      }
      current = nodes[node].parent
    }
    return path.reversed()
  }

  /// What a path leads to; nil if it leads nowhere.
  func node(at path: some Sequence<PathElement>) -> Int? {
    var node = root
    for step in path {
      switch step {
      case .key(let key):
        guard let next = member(key, of: node) else { return nil }
        node = next
      case .index(let index):
        let elements = elements(of: node)
        guard elements.indices.contains(index) else { return nil }
        node = elements[index]
      }
    }
    return node
  }

  /// What a reference such as `#/definitions/name` leads to. At each step the whole rest counts as a key first, as keys may have slashes.
  func target(of reference: String) -> Int? {
    guard reference.hasPrefix("#/") else { return nil }
    var rest = reference.dropFirst(2)
    var node = root
    while !rest.isEmpty {
      if let found = member(String(rest), of: node) { return found }
      let head = rest.prefix { $0 != "/" }
      let elements = elements(of: node)
      if let index = Int(head), elements.indices.contains(index) {
        node = elements[index]
      } else if let next = member(String(head), of: node) {
        node = next
      } else {
        return nil
      }
      rest = rest.dropFirst(head.count).dropFirst()
    }
    return node
  }

  /// A node, and the collections that it is in, from the inside out.
  func ancestors(of node: Int?) -> [Int] {
    var found: [Int] = []
    var current = node
    while let node = current {
      found.append(node)
      current = nodes[node].parent
    }
    return found
  }

  // MARK: Places

  /// What is at an offset.
  struct Spot {
    let node: Int
    /// Whether it is the key of the node, and not its value.
    let isKey: Bool
  }

  /// The key or the scalar that an offset is in, or at the end of.
  func spot(at offset: Int) -> Spot? {
    var node = root
    while true {
      if isScalar(node) {
        return nodes[node].range.contains(offset) || nodes[node].range.upperBound == offset ? Spot(node: node, isKey: false) : nil
      }
      let children = nodes[node].children
      var (low, high) = (0, children.count)
      while low < high {
        let middle = (low + high) / 2
        if start(of: children[middle]) <= offset { low = middle + 1 } else { high = middle }
      }
      guard low > 0 else { return nil }
      let child = children[low - 1]
      if let key = key(of: child)?.range, offset <= key.upperBound { return Spot(node: child, isKey: true) }
      node = child
    }
  }

  func isScalar(_ node: Int) -> Bool { nodes[node].kind != .mapping && nodes[node].kind != .sequence }

  /// Where the key, or else the value, begins.
  func start(of node: Int) -> Int { key(of: node)?.range.lowerBound ?? nodes[node].range.lowerBound }

  /// The key and the value.
  func extent(of node: Int) -> Range<Int> {
    let start = start(of: node)
    return start..<max(nodes[node].range.upperBound, key(of: node)?.range.upperBound ?? start)
  }

  /// The bytes that a finding at an offset is about: the key or the scalar that begins there, a word within a scalar, or what is on the line.
  func token(at offset: Int) -> Range<Int> {
    guard offset < bytes.count else { return bytes.count..<bytes.count }
    if let spot = spot(at: offset) {
      let range = spot.isKey ? key(of: spot.node)?.range ?? nodes[spot.node].range : nodes[spot.node].range
      if range.lowerBound == offset, nodes[spot.node].kind != .block || spot.isKey {
        return range.isEmpty ? line(from: offset) : range
      }
    }
    let word = bytes[offset...].prefix { $0 == UInt8(ascii: "_") || $0 >= 0x80 || Self.isAlphanumeric($0) }
    return word.isEmpty ? line(from: offset) : word.startIndex..<word.endIndex
  }

  /// The rest of a line, without blanks and a comment at its end.
  private func line(from offset: Int) -> Range<Int> {
    var end = bytes[offset...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
    while end > offset, bytes[end - 1] == 0x20 { end -= 1 }
    return offset..<max(end, min(offset + 1, bytes.count))
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }
}
