import AirbyteProtocol
import ConnectorModel
import JSON

/// Finds the elements of the arrays at a path in a JSON text that comes in parts.
///
/// The path is that of ijson: keys joined by dots, and `item` for the elements of an array on the way.
final class JSONItemsParser: BodyParser {
  /// A container on the way to the elements.
  private struct Container {
    var isObject: Bool
    /// How much of ``path`` leads to it.
    var pathLength: Int
  }

  private enum State {
    case value
    /// Behind the bracket that opens an array.
    case valueOrEnd
    case key
    /// Behind the bracket that opens an object.
    case keyOrEnd
    case insideKey(isEscaped: Bool)
    case colon
    case commaOrEnd
    /// Within a scalar or an element.
    case passing(Passing)
    case end
  }

  /// How far a value has been passed.
  private struct Passing {
    enum Kind { case container, string, scalar }
    var kind: Kind
    /// Whether it is kept: it is an element.
    var isElement: Bool
    /// The brackets that are open, by the ones that close them.
    var closers: [UInt8] = []
    var isInString = false
    var isEscaped = false
    /// A scalar that is not kept, to be checked at its end.
    var text: [UInt8] = []
  }

  /// The deepest nesting that is read.
  private static let maximumDepth = 10_000

  private let target: [UInt8]
  private let limit: Limit
  private var path: [UInt8] = []
  private var containers: [Container] = []
  private var state = State.value
  /// The raw text of a key whose end is still to come.
  private var key: [UInt8] = []
  /// The elements found, a line each, and the beginning of the next one.
  private var lines = ByteBuffer()
  private var completeCount = 0

  /// - Parameter limit: the size of an element, and of what has to be held besides.
  init(path: String, limit: Limit) {
    target = Array("\(path).item".utf8)
    self.limit = limit
  }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    var failure: ConnectorError?
    do throws(ConnectorError) { try scan(bytes) } catch { failure = error }
    try hand(to: &values)
    if let failure { throw failure }
    guard heldCount <= limit.value else { throw ConnectorError(.system, "An item of the response has \(limit.excess)") }
  }

  var stepSize: Int { 64 * 1024 }
  var heldBytes: Int { heldCount * jsonExpansion }

  /// The number of bytes that have to be held until the next ones come.
  private var heldCount: Int {
    var count = lines.count + key.count + path.count
    if case .passing(let passing) = state { count += passing.text.count }
    return count
  }

  func finish(into values: inout ParsedValues) throws {
    // A number has no end of its own.
    if case .passing(let passing) = state, passing.kind == .scalar { try endValue(passing) }
    try hand(to: &values)
    guard case .end = state else {
      if containers.isEmpty, case .value = state { throw broken("it is empty") }
      throw TransportError.cutOff("its JSON text ends in the middle")
    }
  }

  private func hand(to values: inout ParsedValues) throws {
    guard completeCount > 0 else { return }
    var rest = ByteBuffer(capacity: max(256, lines.count - completeCount))
    lines.withUnsafeBytes { rest.append(UnsafeRawBufferPointer(rebasing: $0[completeCount...])) }
    lines.truncate(to: completeCount)
    swap(&lines, &rest)
    completeCount = 0
    var reason: JSONError?
    values.append(
      JSONDocument.lines(rest) { _, error in
        reason = error
        return false
      })
    if let reason { throw broken(reason.message) }
  }

  private func broken(_ reason: String) -> ConnectorError {
    ConnectorError(.system, "The response is not JSON: \(reason)")
  }

  // MARK: - Scanning

  private func scan(_ bytes: UnsafeRawBufferPointer) throws(ConnectorError) {
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      switch state {
      case .passing(var passing):
        // So that what has been passed is changed in place.
        state = .value
        at = try pass(bytes, from: at, &passing)
        continue
      case .insideKey(let isEscaped):
        if byte == UInt8(ascii: "\""), !isEscaped {
          try endKey()
        } else {
          guard byte >= 0x20 else { throw broken("a key contains a control character") }
          key.append(byte)
          state = .insideKey(isEscaped: byte == UInt8(ascii: "\\") && !isEscaped)
        }
        at += 1
        continue
      default: break
      }
      if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        at += 1
        continue
      }
      switch (state, byte) {
      case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
        key.removeAll(keepingCapacity: true)
        state = .insideKey(isEscaped: false)
      case (.keyOrEnd, UInt8(ascii: "}")), (.valueOrEnd, UInt8(ascii: "]")): endContainer()
      case (.colon, UInt8(ascii: ":")): state = .value
      case (.commaOrEnd, UInt8(ascii: ",")): state = containers.last?.isObject == true ? .key : .value
      case (.commaOrEnd, UInt8(ascii: "}")) where containers.last?.isObject == true: endContainer()
      case (.commaOrEnd, UInt8(ascii: "]")) where containers.last?.isObject == false: endContainer()
      case (.value, _), (.valueOrEnd, _):
        try beginValue(byte)
        // The byte is looked at again as the first of what is passed.
        if case .passing = state { continue }
      case (.end, _): throw broken("something follows the value")
      default: throw broken("a `\(String(decoding: [byte], as: UTF8.self))` is unexpected here")
      }
      at += 1
    }
  }

  private func beginValue(_ byte: UInt8) throws(ConnectorError) {
    if let parent = containers.last, !parent.isObject { enter(Array("item".utf8)) }
    let isElement = path == target
    let isContainer = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
    if isContainer, !isElement {
      guard containers.count < Self.maximumDepth else { throw broken("it is nested too deeply") }
      containers.append(Container(isObject: byte == UInt8(ascii: "{"), pathLength: path.count))
      state = byte == UInt8(ascii: "{") ? .keyOrEnd : .valueOrEnd
      return
    }
    let isScalar = byte == UInt8(ascii: "-") || 0x30...0x39 ~= byte || 0x61...0x7A ~= byte
    guard isContainer || byte == UInt8(ascii: "\"") || isScalar else {
      throw broken("a `\(String(decoding: [byte], as: UTF8.self))` was found where a value is expected")
    }
    state = .passing(Passing(kind: isContainer ? .container : isScalar ? .scalar : .string, isElement: isElement))
  }

  /// Goes on to a member or an element of the last container.
  private func enter(_ name: [UInt8]) {
    path.removeSubrange((containers.last?.pathLength ?? 0)...)
    if containers.count > 1 { path.append(UInt8(ascii: ".")) }
    path += name
  }

  private func endKey() throws(ConnectorError) {
    if key.contains(UInt8(ascii: "\\")) {
      let text: String?
      do throws(JSONError) { text = try JSONDocument(parsing: [0x22] + key + [0x22]).root.string } catch { text = nil }
      guard let text else { throw broken("a key has an escape that JSON does not have") }
      enter(Array(text.utf8))
    } else {
      enter(key)
    }
    state = .colon
  }

  private func endContainer() {
    if let last = containers.popLast() { path.removeSubrange(last.pathLength...) }
    state = containers.isEmpty ? .end : .commaOrEnd
  }

  private func endValue(_ passing: Passing) throws(ConnectorError) {
    if passing.kind == .scalar, !passing.isElement {
      do throws(JSONError) { _ = try JSONDocument(parsing: passing.text) } catch { throw broken(error.message) }
    }
    if passing.isElement {
      lines.append(UInt8(ascii: "\n"))
      completeCount = lines.count
    }
    state = containers.isEmpty ? .end : .commaOrEnd
  }

  /// Passes as much of a value as there is; returns the place behind it.
  private func pass(_ bytes: UnsafeRawBufferPointer, from start: Int, _ passing: inout Passing) throws(ConnectorError) -> Int {
    var at = start
    // Line ends between the parts of an element would end its line.
    var keptFrom = start
    func keep(to end: Int) {
      guard end > keptFrom else { return }
      if passing.isElement {
        lines.append(UnsafeRawBufferPointer(rebasing: bytes[keptFrom..<end]))
      } else if passing.kind == .scalar {
        passing.text += bytes[keptFrom..<end]
      }
    }
    while at < bytes.count {
      let byte = bytes[at]
      if passing.isInString {
        if passing.isEscaped {
          passing.isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          passing.isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          passing.isInString = false
          if passing.kind == .string {
            keep(to: at + 1)
            try endValue(passing)
            return at + 1
          }
        } else if byte < 0x20 {
          throw broken("a string contains a control character")
        }
        at += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): passing.isInString = true
      case UInt8(ascii: "{") where passing.kind == .container: passing.closers.append(UInt8(ascii: "}"))
      case UInt8(ascii: "[") where passing.kind == .container: passing.closers.append(UInt8(ascii: "]"))
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if passing.kind == .scalar {
          keep(to: at)
          try endValue(passing)
          return at
        }
        guard passing.closers.count <= Self.maximumDepth else { throw broken("it is nested too deeply") }
        guard passing.closers.popLast() == byte else { throw broken("brackets do not match") }
        if passing.closers.isEmpty {
          keep(to: at + 1)
          try endValue(passing)
          return at + 1
        }
      case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09:
        if passing.kind == .scalar {
          keep(to: at)
          try endValue(passing)
          return at
        }
        if byte == 0x0A {
          keep(to: at)
          keptFrom = at + 1
        }
      default: break
      }
      at += 1
    }
    keep(to: at)
    state = .passing(passing)
    return at
  }
}
