import CLibYAML

/// Where the values of a document are in its text, and how each is written: for those who change a text and keep the rest of it.
package struct YAMLLayout: Sendable {
  /// How a value is written.
  package enum Style: Sendable, Equatable {
    /// A list or a mapping whose entries are on lines of their own.
    case block
    /// A list in brackets, or a mapping in braces.
    case flow
    /// A text, a number or the like on one line, or on several.
    case scalar
    /// A text behind `|` or `>`.
    case blockScalar
  }

  /// The place of a value.
  package struct Extent: Sendable {
    /// The bytes of the value, without what follows it on its last line.
    package let range: Range<Int>
    package let style: Style
  }

  /// A list or a mapping may begin where its first entry does.
  private struct Place: Hashable {
    let line: Int
    let column: Int
    let isCollection: Bool
  }

  private struct Frame {
    let mark: SourceMark
    let style: Style
    var end: Int
  }

  private var extents: [Place: Extent] = [:]

  /// - Parameter file: a text in UTF-8.
  /// - Throws: ``YAMLError`` for a text that is not YAML.
  package init(of file: SourceFile) throws(YAMLError) {
    extents = try EventParser.withParser(of: file) { parser throws(YAMLError) in
      var builder = Builder(file: file)
      while try parser.next({ event throws(YAMLError) in builder.take(event, parser) }) {}
      return builder.extents
    }
  }

  /// The place of a value that begins at a mark.
  /// - Parameter isCollection: whether it is a list or a mapping.
  package func extent(at mark: SourceMark, isCollection: Bool) -> Extent? {
    extents[Place(line: mark.line, column: mark.column, isCollection: isCollection)]
  }

  private struct Builder {
    let file: SourceFile
    var extents: [Place: Extent] = [:]
    private var frames: [Frame] = []

    init(file: SourceFile) { self.file = file }

    /// - Returns: whether there are more events.
    mutating func take(_ event: borrowing yaml_event_t, _ parser: borrowing EventParser) -> Bool {
      let start = parser.mark(event.start_mark)
      let end = file.offset(of: parser.mark(event.end_mark)) ?? file.bytes.count
      switch event.type {
      case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return false
      case YAML_SCALAR_EVENT:
        let style = event.data.scalar.style
        let isBlock = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE
        add(start, isBlock ? .blockScalar : .scalar, isCollection: false, isBlock ? trimmed(end) : end)
      case YAML_ALIAS_EVENT: add(start, .scalar, isCollection: false, end)
      case YAML_SEQUENCE_START_EVENT:
        open(start, event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE ? .flow : .block)
      case YAML_MAPPING_START_EVENT:
        open(start, event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE ? .flow : .block)
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
        guard let frame = frames.popLast() else { return true }
        add(frame.mark, frame.style, isCollection: true, frame.style == .flow ? end : frame.end)
      default: break
      }
      return true
    }

    private mutating func open(_ mark: SourceMark, _ style: Style) {
      frames.append(Frame(mark: mark, style: style, end: file.offset(of: mark) ?? 0))
    }

    private mutating func add(_ mark: SourceMark, _ style: Style, isCollection: Bool, _ end: Int) {
      let start = file.offset(of: mark) ?? 0
      let range = start..<max(start, end)
      extents[Place(line: mark.line, column: mark.column, isCollection: isCollection)] = Extent(range: range, style: style)
      if !frames.isEmpty { frames[frames.count - 1].end = range.upperBound }
    }

    /// The end without the blanks and line breaks before it.
    private func trimmed(_ end: Int) -> Int {
      var end = min(end, file.bytes.count)
      while end > 0, [0x20, 0x0A, 0x0D, 0x09].contains(file.bytes[end - 1]) { end -= 1 }
      return end
    }
  }
}
