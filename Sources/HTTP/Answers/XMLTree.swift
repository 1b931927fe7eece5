import Essentials
import JSON

/// The elements of an XML text in the shape that Python's `xmltodict` gives them: attributes under `@name`, text beside them or beside
/// elements under `#text`, repeated elements as a list.
///
/// Elements and attributes are entries of one list, tied together by their places in it, so that a tree of millions of them takes
/// little memory and needs no recursion.
struct XMLTree: ~Copyable {
  private typealias Place = Int32
  private static let none: Place = -1

  /// An element, an attribute, or the text beside either.
  private struct Node {
    /// The place of its key in ``keys``.
    var name: Int32
    /// The first of its attributes and elements.
    var first = XMLTree.none
    /// The next one of the same name within the same parent; the next of any name while the parent is open.
    var next = XMLTree.none
    /// The first one of the next name within the same parent.
    var nextName = XMLTree.none
    /// Its text in ``texts``; a count of -1 if it has none.
    var textStart: UInt32 = 0
    var textCount: Int32 = -1
  }

  /// An element that has begun.
  private struct Open {
    var node: Place
    var last = XMLTree.none
    /// Where its text begins in ``openTexts``.
    var textStart: Int
  }

  private var nodes: [Node] = []
  private var open: [Open] = []
  private var texts = ByteBuffer()
  /// The texts of the open elements, one after the other: what is within an element is gone when its parent's text continues.
  private var openTexts: [UInt8] = []
  /// The names of elements, those of attributes with their `@`, as JSON keys with their colons.
  private var keys: [[UInt8]] = []
  private var names: [String: Int32] = [:]
  /// By name, the last node of an element that is being closed.
  private var lastByName: [Place] = []

  /// The number of elements that are open.
  var depth: Int { open.count }
  /// About the memory that the tree takes.
  var footprint: Int { nodes.count * MemoryLayout<Node>.stride + texts.count + openTexts.count }

  // MARK: - Growing

  mutating func begin(_ name: UnsafePointer<CChar>) {
    let node = append(Node(name: key(String(cString: name))))
    open.append(Open(node: node, textStart: openTexts.count))
  }

  mutating func addAttribute(_ name: UnsafePointer<CChar>, _ value: UnsafePointer<CChar>) {
    var attribute = Node(name: key("@" + String(cString: name)))
    setText(of: &attribute, UnsafeRawBufferPointer(start: value, count: strlen(value)))
    _ = append(attribute)
  }

  mutating func addText(_ text: UnsafeRawBufferPointer) { if !open.isEmpty { openTexts += text } }

  /// Closes the innermost element.
  mutating func end() {
    guard let element = open.popLast() else { return }
    let hasMembers = nodes[Int(element.node)].first != Self.none
    let text = Self.stripped(openTexts[element.textStart...])
    var textNode = Node(name: hasMembers && !text.isEmpty ? key("#text") : 0)
    if !text.isEmpty {
      text.withUnsafeBytes { setText(of: &textNode, $0) }
      if !hasMembers {
        nodes[Int(element.node)].textStart = textNode.textStart
        nodes[Int(element.node)].textCount = textNode.textCount
      }
    }
    openTexts.removeSubrange(element.textStart...)
    guard hasMembers else { return }
    if !text.isEmpty {
      nodes.append(textNode)
      nodes[Int(element.last)].next = Place(nodes.count - 1)
    }
    group(element.node)
  }

  private mutating func append(_ node: Node) -> Place {
    nodes.append(node)
    let place = Place(nodes.count - 1)
    guard let parent = open.indices.last else { return place }
    if open[parent].last == Self.none {
      nodes[Int(open[parent].node)].first = place
    } else {
      nodes[Int(open[parent].last)].next = place
    }
    open[parent].last = place
    return place
  }

  private mutating func setText(of node: inout Node, _ text: UnsafeRawBufferPointer) {
    node.textStart = UInt32(truncatingIfNeeded: texts.count)
    node.textCount = Int32(truncatingIfNeeded: text.count)
    texts.append(text)
  }

  private mutating func key(_ name: String) -> Int32 {
    if let known = names[name] { return known }
    var key = JSONWriter()
    key.write(string: name)
    key.write(raw: UInt8(ascii: ":"))
    let place = Int32(keys.count)
    keys.append(key.buffer.array)
    names[name] = place
    lastByName.append(Self.none)
    return place
  }

  /// Ties the members of a closed element together by their names, in the order in which the names came first.
  private mutating func group(_ element: Place) {
    var member = nodes[Int(element)].first
    var lastName = Self.none
    while member != Self.none {
      let following = nodes[Int(member)].next
      let name = Int(nodes[Int(member)].name)
      nodes[Int(member)].next = Self.none
      if lastByName[name] != Self.none {
        nodes[Int(lastByName[name])].next = member
      } else if lastName == Self.none {
        lastName = member
      } else {
        nodes[Int(lastName)].nextName = member
        lastName = member
      }
      lastByName[name] = member
      member = following
    }
    var first = nodes[Int(element)].first
    while first != Self.none {
      lastByName[Int(nodes[Int(first)].name)] = Self.none
      first = nodes[Int(first)].nextName
    }
  }

  /// The text without the white space around it, as Python sees that.
  private static func stripped(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = text
    while let first = rest.first {
      if isSpace(first) {
        rest = rest.dropFirst()
      } else if first >= 0xC2, let space = wideSpaces.first(where: { rest.starts(with: $0) }) {
        rest = rest.dropFirst(space.count)
      } else {
        break
      }
    }
    while let last = rest.last {
      if isSpace(last) {
        rest = rest.dropLast()
      } else if last >= 0x80, let space = wideSpaces.first(where: { rest.suffix($0.count).elementsEqual($0) }) {
        rest = rest.dropLast(space.count)
      } else {
        break
      }
    }
    return rest
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte || 0x1C...0x1F ~= byte }

  /// The white space beyond ASCII.
  private static let wideSpaces =
    "\u{85}\u{A0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}"
    .unicodeScalars.map { Array(String($0).utf8) }

  // MARK: - Writing

  /// The root element by its name, as JSON.
  func json() -> JSONBytes {
    var out = JSONWriter(capacity: texts.count + nodes.count * 8)
    out.write(raw: UInt8(ascii: "{"))
    if let root = nodes.first {
      out.write(raw: keys[Int(root.name)])
      write(0, to: &out)
    }
    out.write(raw: UInt8(ascii: "}"))
    return out.finish()
  }

  /// Its depth is that of the elements, which is bounded.
  private func write(_ place: Place, to out: inout JSONWriter) {
    let node = nodes[Int(place)]
    if node.first == Self.none {
      if node.textCount < 0 { out.write(raw: "null") } else { writeText(node, to: &out) }
      return
    }
    out.write(raw: UInt8(ascii: "{"))
    var named = node.first
    while named != Self.none {
      if named != node.first { out.write(raw: UInt8(ascii: ",")) }
      out.write(raw: keys[Int(nodes[Int(named)].name)])
      writeAll(from: named, to: &out)
      named = nodes[Int(named)].nextName
    }
    out.write(raw: UInt8(ascii: "}"))
  }

  /// The members of one name: a list, where there are several.
  private func writeAll(from first: Place, to out: inout JSONWriter) {
    guard nodes[Int(first)].next != Self.none else { return write(first, to: &out) }
    out.write(raw: UInt8(ascii: "["))
    var member = first
    while member != Self.none {
      if member != first { out.write(raw: UInt8(ascii: ",")) }
      write(member, to: &out)
      member = nodes[Int(member)].next
    }
    out.write(raw: UInt8(ascii: "]"))
  }

  private func writeText(_ node: Node, to out: inout JSONWriter) {
    texts.withUnsafeBytes { bytes in
      let text = bytes[Int(node.textStart)..<(Int(node.textStart) + Int(node.textCount))]
      UnsafeRawBufferPointer(rebasing: text).withMemoryRebound(to: UInt8.self) { out.write(utf8: $0) }
    }
  }
}
