import Foundation
import JSON

/// What is wrong with an XML text.
struct XMLError: Error, CustomStringConvertible {
  let reason: String
  let line: Int

  var description: String { "\(reason) at line \(line)" }
}

/// Parses XML 1.0 without validating it and builds an object: attributes under `@name`, text beside them or beside elements under
/// `#text`, repeated elements as a list.
///
/// Names stay as they are written (namespaces mean nothing), attributes keep their order, and entities that the document declares are
/// left out of texts, so they cannot blow up: `XMLParser` of Foundation forgets the order.
struct XMLParsing {
  /// The deepest nesting of elements that is read: JSON cannot be nested deeper.
  private static let maximumDepth = 1000

  struct Element {
    var name: String
    /// Attributes and children; nil where there are none.
    var item: JSONObject?
    var text = ElementText()
  }

  let bytes: [UInt8]
  var at = 0
  var stack: [Element] = []
  private var root: JSONObject?
  var entities: [String: [UInt8]] = [:]
  private var hasDoctype = false
  var mayHaveOtherEntities = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The document's root element by its name.
  mutating func object() throws(XMLError) -> JSONObject {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    if bytes[at...].starts(with: "<?xml".utf8), at + 5 < bytes.count, isSpace(bytes[at + 5]) { try declaration() }
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "<") {
        try markup()
      } else if stack.isEmpty {
        guard isSpace(bytes[at]) else {
          throw error(root == nil ? "there is text before the first element" : "there is text behind the last element")
        }
        at += 1
      } else {
        try characters()
      }
    }
    guard stack.isEmpty else { throw error("the element `\(stack[stack.count - 1].name)` is not closed") }
    guard let root else { throw error("there is no element") }
    return root
  }

  private mutating func declaration() throws(XMLError) {
    at += 5
    var expected = ["version", "encoding", "standalone"][...]
    while true {
      let hadSpace = skipSpaces()
      if take("?>") { break }
      let name = try name()
      guard hadSpace, let place = expected.firstIndex(of: name), name == "version" || expected.first != "version" else {
        throw error("the XML declaration is broken")
      }
      expected = expected[(place + 1)...]
      skipSpaces()
      guard take("=") else { throw error("the XML declaration is broken") }
      skipSpaces()
      guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
        throw error("the XML declaration is broken")
      }
      at += 1
      let value = try text(until: quote == UInt8(ascii: "'") ? "'" : "\"", "the XML declaration")
      guard !value.isEmpty, value.allSatisfy({ Self.isNameByte($0) && $0 < 0x80 }) else {
        throw error("the XML declaration is broken")
      }
    }
    if expected.first == "version" { throw error("the XML declaration has no version") }
  }

  // MARK: - Markup

  private mutating func markup() throws(XMLError) {
    if take("<!--") {
      let comment = try text(until: "--", "a comment")
      try check(comment)
      guard take(">") else { throw error("a comment contains `--`") }
    } else if !stack.isEmpty, take("<![CDATA[") {
      let data = try text(until: "]]>", "a CDATA section")
      try check(data)
      append(normalised(data))
    } else if take("<?") {
      let target = try name()
      guard target.lowercased() != "xml" else { throw error("an XML declaration does not stand at the beginning") }
      if take("?>") { return }
      guard skipSpaces() else { throw error("the name of a processing instruction is broken") }
      try check(text(until: "?>", "a processing instruction"))
    } else if take("</") {
      let name = try name()
      skipSpaces()
      guard take(">") else { throw error("an end tag is not closed") }
      guard let element = stack.popLast(), element.name == name else { throw error("the end tag `\(name)` fits no start tag") }
      end(element)
    } else if root == nil, stack.isEmpty, !hasDoctype, take("<!DOCTYPE") {
      try doctype()
    } else if take("<") {
      guard root == nil else { throw error("there is an element behind the last one") }
      try start()
    }
  }

  private mutating func start() throws(XMLError) {
    guard stack.count < Self.maximumDepth else { throw error("elements are nested more than \(Self.maximumDepth) deep") }
    let name = try name()
    var attributes: JSONObject = [:]
    while true {
      let hadSpace = skipSpaces()
      if take("/>") {
        end(Element(name: name, item: attributes.isEmpty ? nil : attributes))
        return
      }
      if take(">") { break }
      guard hadSpace else { throw error("attributes of `\(name)` are not separated") }
      let key = try "@" + self.name()
      skipSpaces()
      guard take("=") else { throw error("an attribute has no value") }
      skipSpaces()
      guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
        throw error("the value of an attribute is not quoted")
      }
      at += 1
      guard attributes.updateValue(.string(try attributeValue(quote)), forKey: key) == nil else {
        throw error("an attribute of `\(name)` stands there twice")
      }
    }
    stack.append(Element(name: name, item: attributes.isEmpty ? nil : attributes))
  }

  private mutating func end(_ element: Element) {
    let text = element.text.stripped
    let value: JSONValue
    if var item = element.item {
      if let text { Self.push(.string(text), "#text", to: &item) }
      value = .object(item)
    } else {
      value = text.map { .string($0) } ?? .null
    }
    if stack.isEmpty {
      root = [element.name: value]
    } else {
      // So that the object is changed in place.
      let last = stack.count - 1
      var item = stack[last].item ?? [:]
      stack[last].item = nil
      Self.push(value, element.name, to: &item)
      stack[last].item = item
    }
  }

  /// A name that is there already makes a list.
  private static func push(_ value: JSONValue, _ key: String, to item: inout JSONObject) {
    switch item[key] {
    case nil: item[key] = value
    case .array(var list)?:
      item[key] = .null
      list.append(value)
      item[key] = .array(list)
    case let first?: item[key] = .array([first, value])
    }
  }

  private mutating func doctype() throws(XMLError) {
    hasDoctype = true
    guard skipSpaces() else { throw error("the document type has no name") }
    _ = try name()
    skipSpaces()
    let isPublic = take("PUBLIC")
    if isPublic || take("SYSTEM") {
      mayHaveOtherEntities = true
      for _ in 0..<(isPublic ? 2 : 1) {
        guard skipSpaces(), let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
          throw error("the document type has no address")
        }
        at += 1
        _ = try text(until: quote == UInt8(ascii: "'") ? "'" : "\"", "an address")
      }
      skipSpaces()
    }
    if take("[") {
      try internalSubset()
      skipSpaces()
    }
    guard take(">") else { throw error("the document type is not closed") }
  }

  private mutating func internalSubset() throws(XMLError) {
    while let byte = peek {
      if byte == UInt8(ascii: "]") {
        at += 1
        return
      }
      if take("<!--") {
        _ = try text(until: "-->", "a comment")
      } else if take("<?") {
        _ = try text(until: "?>", "a processing instruction")
      } else if take("<!ENTITY") {
        try entity()
      } else if take("<!") {
        try skipDeclaration()
      } else {
        if byte == UInt8(ascii: "%") { mayHaveOtherEntities = true }
        at += 1
      }
    }
    throw error("the document type is not closed")
  }

  private mutating func entity() throws(XMLError) {
    skipSpaces()
    let isParameter = take("%")
    skipSpaces()
    let name = try name()
    skipSpaces()
    var value: [UInt8] = []
    if let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      at += 1
      value = Array(try text(until: quote == UInt8(ascii: "'") ? "'" : "\"", "an entity"))
    }
    if !isParameter, entities[name] == nil { entities[name] = value }
    try skipDeclaration()
  }

  private mutating func skipDeclaration() throws(XMLError) {
    while let byte = peek {
      at += 1
      if byte == UInt8(ascii: ">") { return }
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        _ = try text(until: byte == UInt8(ascii: "'") ? "'" : "\"", "a literal")
      }
    }
    throw error("a declaration is not closed")
  }
}

/// The text of an element as it comes.
struct ElementText {
  var bytes: [UInt8] = []

  /// The text without the white space around it, as Python sees that; nil where nothing is left.
  var stripped: String? {
    if bytes.isEmpty { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let scalars = text.unicodeScalars
    func isSpace(_ scalar: UnicodeScalar) -> Bool { scalar.properties.isWhitespace || 0x1C...0x1F ~= scalar.value }
    guard let first = scalars.firstIndex(where: { !isSpace($0) }), let last = scalars.lastIndex(where: { !isSpace($0) }) else {
      return nil
    }
    return String(scalars[first...last])
  }
}
