import ConnectorModel
import JSON
import Manifest
import YAML

/// A value in a file of stubs, which knows where it is.
struct SourceNode: Sendable {
  let value: JSONValue
  private let path: [Step]
  private let document: Document

  private enum Step: Sendable {
    case key(String)
    case index(Int)
  }

  private enum Document: Sendable {
    case json([UInt8], name: String)
    /// A value of a YAML file.
    case yaml(ManifestNode)
  }

  /// - Throws: ``StubError`` where the text is not JSON.
  init(parsing text: [UInt8], name: String) throws {
    do throws(JSONError) {
      value = try JSONValue(parsing: text)
    } catch {
      throw StubError("\(name):\(error.line)", "This is not JSON: \(error.message)")
    }
    path = []
    document = .json(text, name: name)
  }

  /// A value of a YAML file.
  init(_ node: ManifestNode) {
    value = node.value
    path = []
    document = .yaml(node)
  }

  private init(_ value: JSONValue, _ path: [Step], _ document: Document) {
    self.value = value
    self.path = path
    self.document = document
  }

  /// The member of a name; nil if it is absent or null.
  subscript(key: String) -> SourceNode? {
    guard let member = value[key], !member.isNull else { return nil }
    return SourceNode(member, path + [.key(key)], document)
  }

  var elements: [SourceNode]? {
    value.array?.enumerated().map { SourceNode($0.element, path + [.index($0.offset)], document) }
  }

  var members: [(key: String, node: SourceNode)]? {
    value.object?.map { ($0.key, SourceNode($0.value, path + [.key($0.key)], document)) }
  }

  // MARK: Typed values

  func string(_ key: String) throws -> String? {
    guard let node = self[key] else { return nil }
    guard let text = node.value.string else { throw node.failure("`\(key)` should be a text") }
    return text
  }

  func int(_ key: String) throws -> Int? {
    guard let node = self[key] else { return nil }
    guard let number = node.value.int else { throw node.failure("`\(key)` should be a whole number") }
    return number
  }

  func bool(_ key: String) throws -> Bool? {
    guard let node = self[key] else { return nil }
    guard let flag = node.value.bool else { throw node.failure("`\(key)` should be true or false") }
    return flag
  }

  /// - Throws: ``StubError`` if the object has a member of another name.
  func check(_ known: Set<String>, in what: String) throws {
    guard let members else { throw failure("\(what) should be an object") }
    for (key, node) in members where !known.contains(key) {
      throw node.failure("\(what) has `\(key)`, which this mock does not know")
    }
  }

  func failure(_ message: String) -> StubError { StubError(place, message, at: mark) }

  /// The file and the line.
  var place: String {
    guard case .json(let text, let name) = document else { return mark.map { "\($0)" } ?? "" }
    var scanner = PlaceScanner(text)
    for step in path {
      switch step {
      case .key(let key): scanner.enter(key)
      case .index(let index): scanner.enter(index)
      }
    }
    return "\(name):\(scanner.line)"
  }

  /// The place in a YAML file; nil in any other.
  private var mark: SourceMark? {
    guard case .yaml(let root) = document else { return nil }
    let node = path.reduce(root) { node, step in
      switch step {
      case .key(let key): node[key] ?? node
      case .index(let index): node[index] ?? node
      }
    }
    return node.mark
  }
}

/// Why stubs cannot be used, and where that is.
package struct StubError: Error, CustomStringConvertible {
  let place: String
  package let message: String
  /// The place in a YAML file; nil in any other.
  package let mark: SourceMark?

  init(_ place: String, _ message: String, at mark: SourceMark? = nil) {
    self.place = place
    self.message = message
    self.mark = mark
  }

  package var description: String { "\(place): \(message)" }
}

/// Follows a path through a text of valid JSON.
private struct PlaceScanner {
  private let text: [UInt8]
  private var index = 0

  init(_ text: [UInt8]) {
    self.text = text
    skipBlanks()
  }

  /// The line of the current value, from 1.
  var line: Int { 1 + text.prefix(index).reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) } }

  mutating func enter(_ key: String) {
    guard take("{") else { return }
    while index < text.count, text[index] != UInt8(ascii: "}") {
      let start = index
      skipValue()
      let name = try? JSONValue(parsing: Array(text[start..<index])).string
      skipBlanks()
      _ = take(":")
      if name == key { return }
      skipValue()
      skipBlanks()
      _ = take(",")
    }
  }

  mutating func enter(_ number: Int) {
    guard take("[") else { return }
    for _ in 0..<number {
      skipValue()
      skipBlanks()
      _ = take(",")
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
    index += 1
    skipBlanks()
    return true
  }

  private mutating func skipBlanks() {
    while index < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[index]) { index += 1 }
  }

  /// Skips a value: brackets in texts do not count.
  private mutating func skipValue() {
    var depth = 0
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\""):
        index += 1
        while index < text.count, text[index] != UInt8(ascii: "\"") { index += text[index] == UInt8(ascii: "\\") ? 2 : 1 }
        index += 1
        if depth == 0 { return }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        index += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
        index += 1
        if depth == 0 { return }
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        if depth == 0 { return }
        index += 1
      default: index += 1
      }
    }
  }
}
