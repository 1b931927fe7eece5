/// Reads the structure of a YAML text by its indents and brackets, and goes on behind what it does not understand.
struct OutlineParser {
  private let bytes: [UInt8]
  private var nodes: [Outline.Node] = []
  /// The lines that hold more than blanks and comments.
  private let lines: [Line]
  /// The line that is being read; the count of them at the end.
  private var line = 0
  /// Where in the line.
  private var position = 0
  /// The end of what was read last.
  private var lastEnd = 0
  private var depth = 0

  private struct Line {
    let start: Int
    /// Where the first character is that is no blank.
    let content: Int
    let end: Int

    var indent: Int { content - start }
  }

  /// What is nested deeper counts as a scalar.
  private static let maximumDepth = 400

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lines = Self.lines(of: bytes)
  }

  mutating func parse() -> [Outline.Node] {
    nodes = [Outline.Node(kind: .empty, range: 0..<0, parent: nil, place: .root)]
    guard let first = lines.first else { return nodes }
    position = first.content
    block(0, within: -1)
    return nodes
  }

  private static func lines(of bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let count = bytes.count
    bytes.withUnsafeBufferPointer { bytes in
      while start < count {
        var end = start
        while end < count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        var content = start
        while content < end, bytes[content] == 0x20 { content += 1 }
        var first = content
        while first < end, bytes[first] == 0x09 { first += 1 }
        let isMarker = content == start && first < end && isMarker(bytes[start..<end])
        if first < end, bytes[first] != UInt8(ascii: "#"), !isMarker {
          lines.append(Line(start: start, content: content, end: end))
        }
        start = end + (end + 1 < count && bytes[end] == 0x0D && bytes[end + 1] == 0x0A ? 2 : 1)
      }
    }
    return lines
  }

  /// Whether a line begins or ends a document, or is a directive.
  private static func isMarker(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let text = line.reversed().drop { $0 == 0x20 }.reversed()
    return text.elementsEqual("---".utf8) || text.elementsEqual("...".utf8) || line.first == UInt8(ascii: "%")
  }

  // MARK: Moving

  private var end: Int { line < lines.count ? lines[line].end : bytes.count }
  private var column: Int { line < lines.count ? position - lines[line].start : -1 }
  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Goes to the first line behind an offset.
  private mutating func advance(past offset: Int) {
    while line < lines.count, lines[line].start <= offset { line += 1 }
    position = line < lines.count ? lines[line].content : bytes.count
  }

  private mutating func finishLine() { advance(past: end) }

  private mutating func skipBlanks() {
    while position < end, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
  }

  /// Whether nothing but a comment is left of the line.
  private var isAtEnd: Bool { position >= end || bytes[position] == UInt8(ascii: "#") }

  private func isBlank(_ offset: Int) -> Bool {
    offset >= bytes.count || [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset])
  }

  private func isDash(_ offset: Int) -> Bool {
    offset < bytes.count && bytes[offset] == UInt8(ascii: "-") && isBlank(offset + 1)
  }

  private mutating func add(_ place: Outline.Place, to parent: Int) -> Int {
    let isFlow = nodes[parent].isFlow
    nodes.append(Outline.Node(kind: .empty, range: position..<position, parent: parent, place: place, isFlow: isFlow))
    nodes[parent].children.append(nodes.count - 1)
    return nodes.count - 1
  }

  private mutating func set(_ node: Int, _ kind: Outline.Node.Kind, _ range: Range<Int>) {
    nodes[node].kind = kind
    nodes[node].range = range
    lastEnd = max(lastEnd, range.upperBound)
  }

  // MARK: Blocks

  /// Reads what begins at the position, as a block of its own.
  private mutating func block(_ node: Int, within indent: Int) {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.maximumDepth else { return scalarLine(node) }
    properties(of: node)
    if isAtEnd {
      finishLine()
      guard line < lines.count, column > indent else { return }
    }
    if isDash(position) { return sequence(node, indent: column) }
    if key(at: position) != nil || isUnfinishedKey(of: node) { return mapping(node, indent: column) }
    inline(node, within: indent)
  }

  /// Whether a word is alone on its line, and the next line has a key in the same column: its colon is not written yet.
  private func isUnfinishedKey(of node: Int) -> Bool {
    guard line + 1 < lines.count, let byte, !"{[&*!|>\"'".utf8.contains(byte) else { return false }
    let next = lines[line + 1]
    return next.indent == column && key(at: next.content, in: next) != nil
  }

  private mutating func mapping(_ node: Int, indent: Int) {
    let start = position
    nodes[node].kind = .mapping
    while line < lines.count, column == indent, !isDash(position) {
      if let key = key(at: position) {
        position = key.behind
        let child = add(.key(key.text, range: key.range, hasColon: true), to: node)
        lastEnd = max(lastEnd, key.behind)
        value(child, within: indent, isElement: false)
      } else {
        let range = position..<endOfPlain(position, isFlow: false)
        position = range.upperBound
        _ = add(.key(String(decoding: bytes[range], as: UTF8.self), range: range, hasColon: false), to: node)
        lastEnd = max(lastEnd, range.upperBound)
        finishLine()
      }
      skipDeeper(than: indent)
    }
    nodes[node].range = start..<max(start, lastEnd)
  }

  private mutating func sequence(_ node: Int, indent: Int) {
    let start = position
    nodes[node].kind = .sequence
    while line < lines.count, column == indent, isDash(position) {
      position += 1
      let child = add(.index(nodes[node].children.count), to: node)
      lastEnd = max(lastEnd, position)
      value(child, within: indent, isElement: true)
      skipDeeper(than: indent)
    }
    nodes[node].range = start..<max(start, lastEnd)
  }

  /// Passes over lines that belong to nothing.
  private mutating func skipDeeper(than indent: Int) { while line < lines.count, column > indent { finishLine() } }

  /// Reads what is behind a colon or a dash.
  private mutating func value(_ node: Int, within indent: Int, isElement: Bool) {
    skipBlanks()
    nodes[node].range = position..<position
    properties(of: node)
    guard isAtEnd else {
      if isElement {
        block(node, within: indent)
      } else {
        inline(node, within: indent)
      }
      return
    }
    finishLine()
    guard line < lines.count else { return }
    if column > indent {
      block(node, within: indent)
    } else if !isElement, column == indent, isDash(position) {
      sequence(node, indent: indent)
    }
  }

  /// Anchors and tags.
  private mutating func properties(of node: Int) {
    while let byte, byte == UInt8(ascii: "&") || byte == UInt8(ascii: "!") {
      let start = position
      while position < end, !isBlank(position) { position += 1 }
      if byte == UInt8(ascii: "&") { nodes[node].anchor = String(decoding: bytes[(start + 1)..<position], as: UTF8.self) }
      skipBlanks()
    }
  }

  /// Reads a scalar, or what is in brackets or braces, and what is left of its last line.
  private mutating func inline(_ node: Int, within indent: Int) {
    switch byte {
    case UInt8(ascii: "|"), UInt8(ascii: ">"): return literal(node, within: indent)
    case UInt8(ascii: "{"), UInt8(ascii: "["): flow(node, within: indent)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): quoted(node, within: indent)
    case UInt8(ascii: "*"): alias(node)
    default: plain(node, within: indent)
    }
    advance(past: max(position - 1, end - 1))
  }

  private mutating func scalarLine(_ node: Int) {
    set(node, .plain, position..<max(position, end))
    finishLine()
  }

  // MARK: Scalars

  private mutating func alias(_ node: Int) {
    let start = position
    while position < end, !isBlank(position), !",]}".utf8.contains(bytes[position]) { position += 1 }
    set(node, .alias, start..<position)
  }

  private mutating func plain(_ node: Int, within indent: Int) {
    let start = position
    var last = endOfPlain(position, isFlow: false)
    // Lines that are no keys and no elements continue it.
    while line + 1 < lines.count {
      let next = lines[line + 1]
      guard next.indent > indent, !isDash(next.content), key(at: next.content, in: next) == nil else { break }
      line += 1
      last = endOfPlain(next.content, isFlow: false)
    }
    position = last
    set(node, .plain, start..<last)
  }

  /// The end of an unquoted scalar in its line.
  private func endOfPlain(_ start: Int, isFlow: Bool) -> Int {
    let end = lineEnd(of: start)
    var index = start
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "#"), index > start, isBlank(index - 1) { break }
      if isFlow {
        if ",]}[{".utf8.contains(byte) { break }
        if byte == UInt8(ascii: ":"), isBlank(index + 1) || ",]}".utf8.contains(bytes[index + 1]) { break }
      }
      index += 1
    }
    while index > start, isBlank(index - 1) { index -= 1 }
    return index
  }

  private func lineEnd(of offset: Int) -> Int {
    var end = offset
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
    return end
  }

  private mutating func quoted(_ node: Int, within indent: Int) {
    let start = position
    let quote = bytes[start]
    let kind: Outline.Node.Kind = quote == UInt8(ascii: "'") ? .single : .double
    if let end = endOfQuoted(start, within: indent) {
      position = end
    } else {
      // It is being written.
      position = lineEnd(of: start)
      if nodes[node].isFlow {
        while position > start + 1, "}] ,".utf8.contains(bytes[position - 1]) { position -= 1 }
      }
    }
    set(node, kind, start..<position)
  }

  /// The offset behind the quote that closes the one at `start`; nil if none does so before the text goes on further left.
  private func endOfQuoted(_ start: Int, within indent: Int) -> Int? {
    let quote = bytes[start]
    var index = start + 1
    while index < bytes.count {
      let byte = bytes[index]
      if byte == quote {
        guard quote == UInt8(ascii: "'"), index + 1 < bytes.count, bytes[index + 1] == quote else { return index + 1 }
        index += 2
      } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        index += 2
      } else if byte == 0x0A || byte == 0x0D {
        guard indent >= 0 else { return nil }
        var content = index + 1
        while content < bytes.count, bytes[content] == 0x20 { content += 1 }
        let isEmpty = content < bytes.count && (bytes[content] == 0x0A || bytes[content] == 0x0D)
        if !isEmpty, content - index - 1 <= indent { return nil }
        index = content
      } else {
        index += 1
      }
    }
    return nil
  }

  /// A scalar behind `|` or `>`: all lines that are further right.
  private mutating func literal(_ node: Int, within indent: Int) {
    let start = position
    var last = end
    var index = lineEnd(of: start)
    while index < bytes.count {
      let begin = index + (bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1)
      var content = begin
      while content < bytes.count, bytes[content] == 0x20 { content += 1 }
      let close = lineEnd(of: content)
      if content < close {
        guard content - begin > indent else { break }
        last = close
      }
      index = close
    }
    position = last
    set(node, .block, start..<last)
    advance(past: max(last - 1, end - 1))
  }

  // MARK: Keys

  private static let indicators = Set("{[&*!|>%@`,]}#".utf8)

  private func key(at offset: Int) -> (text: String, range: Range<Int>, behind: Int)? {
    line < lines.count ? key(at: offset, in: lines[line]) : nil
  }

  /// The key at an offset that has a colon in the same line.
  private func key(at offset: Int, in line: Line) -> (text: String, range: Range<Int>, behind: Int)? {
    guard offset < line.end else { return nil }
    let first = bytes[offset]
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      guard let close = endOfQuoted(offset, within: -1), close <= line.end else { return nil }
      var colon = close
      while colon < line.end, bytes[colon] == 0x20 { colon += 1 }
      guard colon < line.end, bytes[colon] == UInt8(ascii: ":"), isBlank(colon + 1) else { return nil }
      return (Outline.unquoted(bytes[offset..<close]), offset..<close, colon + 1)
    }
    guard !Self.indicators.contains(first) else { return nil }
    var index = offset
    while index < line.end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "#"), index > offset, isBlank(index - 1) { return nil }
      if byte == UInt8(ascii: ":"), isBlank(index + 1) {
        var end = index
        while end > offset, bytes[end - 1] == 0x20 { end -= 1 }
        return (String(decoding: bytes[offset..<end], as: UTF8.self), offset..<end, index + 1)
      }
      index += 1
    }
    return nil
  }

  // MARK: Brackets and braces

  private mutating func flow(_ node: Int, within indent: Int) {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.maximumDepth else {
      set(node, .plain, position..<lineEnd(of: position))
      return position = lineEnd(of: position)
    }
    let start = position
    let isMapping = bytes[start] == UInt8(ascii: "{")
    nodes[node].kind = isMapping ? .mapping : .sequence
    nodes[node].isFlow = true
    position += 1
    var last = position
    while skipSpace(within: indent), let byte {
      if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
        position += 1
        last = position
        break
      }
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") {
        position += 1
      } else if isMapping {
        member(of: node, within: indent)
      } else {
        let child = add(.index(nodes[node].children.count), to: node)
        flowValue(child, within: indent)
      }
      last = position
    }
    position = last
    nodes[node].range = start..<last
    lastEnd = max(lastEnd, last)
  }

  private mutating func member(of node: Int, within indent: Int) {
    let start = position
    let first = bytes[start]
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      // A template without quotes.
      let child = add(.key("", range: start..<start, hasColon: false), to: node)
      return flow(child, within: indent)
    }
    let isQuoted = first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
    let end = isQuoted ? endOfQuoted(start, within: -1) ?? lineEnd(of: start) : max(endOfPlain(start, isFlow: true), start + 1)
    let text = isQuoted ? Outline.unquoted(bytes[start..<end]) : String(decoding: bytes[start..<end], as: UTF8.self)
    position = end
    var colon = end
    while colon < bytes.count, bytes[colon] == 0x20 { colon += 1 }
    guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else {
      _ = add(.key(text, range: start..<end, hasColon: false), to: node)
      lastEnd = max(lastEnd, end)
      return
    }
    position = colon + 1
    let child = add(.key(text, range: start..<end, hasColon: true), to: node)
    while position < bytes.count, bytes[position] == 0x20 { position += 1 }
    nodes[child].range = position..<position
    guard skipSpace(within: indent), let byte, !",}]".utf8.contains(byte) else { return }
    flowValue(child, within: indent)
  }

  private mutating func flowValue(_ node: Int, within indent: Int) {
    while let byte, byte == UInt8(ascii: "&") || byte == UInt8(ascii: "!") {
      let start = position
      while position < bytes.count, !isBlank(position), !",]}".utf8.contains(bytes[position]) { position += 1 }
      if byte == UInt8(ascii: "&") { nodes[node].anchor = String(decoding: bytes[(start + 1)..<position], as: UTF8.self) }
      guard skipSpace(within: indent) else { return }
    }
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["): flow(node, within: indent)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): quoted(node, within: indent)
    case UInt8(ascii: "*"): alias(node)
    case nil: break
    default:
      let end = max(endOfPlain(position, isFlow: true), min(position + 1, bytes.count))
      set(node, .plain, position..<end)
      position = end
    }
    // In a list, a pair without braces is a mapping of its own.
    guard case .index = nodes[node].place, nodes[node].kind != .mapping, nodes[node].kind != .sequence else { return }
    let scalar = nodes[node]
    var colon = position
    while colon < bytes.count, bytes[colon] == 0x20 { colon += 1 }
    guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { return }
    position = colon + 1
    let text = Outline.unquoted(bytes[scalar.range], isQuoted: scalar.kind == .single || scalar.kind == .double)
    nodes[node].kind = .mapping
    nodes[node].isFlow = true
    let child = add(.key(text, range: scalar.range, hasColon: true), to: node)
    if skipSpace(within: indent), let byte, !",}]".utf8.contains(byte) { flowValue(child, within: indent) }
    nodes[node].range = scalar.range.lowerBound..<max(position, scalar.range.upperBound)
  }

  /// Passes over blanks, breaks and comments within brackets.
  /// - Returns: false at the end, and where a block goes on that is further left: then the brackets are not closed yet.
  private mutating func skipSpace(within indent: Int) -> Bool {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09: position += 1
      case UInt8(ascii: "#") where position == 0 || isBlank(position - 1): position = lineEnd(of: position)
      case 0x0A, 0x0D:
        position += 1
        var content = position
        while content < bytes.count, bytes[content] == 0x20 { content += 1 }
        guard indent >= 0, content < bytes.count, content - position <= indent, !isBlank(content) else { continue }
        let line = Line(start: position, content: content, end: lineEnd(of: content))
        if isDash(content) || key(at: content, in: line) != nil { return false }
      default: return true
      }
    }
    return false
  }
}

extension Outline {
  fileprivate static func unquoted(_ bytes: ArraySlice<UInt8>, isQuoted: Bool) -> String {
    isQuoted ? unquoted(bytes) : String(decoding: bytes, as: UTF8.self)
  }
}
