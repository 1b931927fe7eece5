import CLibYAML

/// libyaml's event parser over the bytes of a file.
///
/// libyaml keeps pointers to its own parser struct and to the input, so the struct lives on the heap for as long as this object,
/// and a parser exists only inside ``withParser(of:_:)``, while the bytes are held in place.
struct EventParser: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let file: SourceFile

  /// Calls `body` with a parser of `file`.
  static func withParser<Result>(
    of file: SourceFile, _ body: (borrowing EventParser) throws(YAMLError) -> Result
  ) throws(YAMLError) -> Result {
    let outcome = file.bytes.withUnsafeBufferPointer { input -> Swift.Result<Result, YAMLError> in
      do throws(YAMLError) {
        let parser = try EventParser(file: file, input: input)
        return .success(try body(parser))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  private init(file: SourceFile, input: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
    self.file = file
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else {
      throw YAMLError("out of memory", at: SourceMark(file: file, line: 1, column: 1))
    }
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deinitialize(count: 1)
    parser.deallocate()
  }

  /// Calls `body` with the next event, whose memory is valid only inside it.
  func next<Result>(_ body: (borrowing yaml_event_t) throws(YAMLError) -> Result) throws(YAMLError) -> Result {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    return try body(event)
  }

  func mark(_ mark: yaml_mark_t) -> SourceMark {
    SourceMark(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }

  private func failure() -> YAMLError {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "the text is not valid YAML"
    switch state.error {
    case YAML_MEMORY_ERROR:
      return YAMLError("out of memory", at: mark(state.mark))
    case YAML_READER_ERROR:
      return YAMLError(
        YAMLWords(readerSentence(problem, value: Int(state.problem_value))), at: mark(offset: Int(state.problem_offset)))
    default:
      let context = state.context.map { context in
        YAMLError.Note(message: String(cString: context), mark: mark(state.context_mark))
      }
      var error = SyntaxSentence.error(problem: problem, at: mark(state.problem_mark), context: context)
      switch state.error {
      case YAML_SCANNER_ERROR: error.step = problem == SyntaxSentence.badDirective ? .directive : .scanning
      case YAML_PARSER_ERROR: error.step = .parsing
      default: break
      }
      return error
    }
  }

  private func readerSentence(_ problem: String, value: Int) -> String {
    value > 0 ? "\(problem) (#x\(String(value, radix: 16, uppercase: true)))" : problem
  }

  /// The place of a byte: libyaml's reader runs ahead of its marks, so its failures come with an offset alone.
  private func mark(offset: Int) -> SourceMark {
    var line = 1
    var column = 1
    for byte in file.bytes.prefix(offset) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return SourceMark(file: file, line: line, column: column)
  }
}
