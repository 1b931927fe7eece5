/// Bounds on what is read, so that no text can exhaust memory, time or stack.
package struct YAMLLimits: Sendable {
  /// The longest text, in bytes.
  package var maximumBytes = 32 << 20
  /// How many values a text may hold, keys included. They are counted as they are read, before anything is made of them.
  package var maximumValues = 1_000_000
  /// How deep lists and mappings may be nested, aliases followed.
  package var maximumDepth = 1_000
  /// How many values aliases may add when each is counted where it is used.
  package var maximumAliasedValues = 1_000_000

  package init() {}
}

/// One YAML document, read as PyYAML's `safe_load` reads it, with the place of each value and key.
package struct YAMLDocument: Sendable {
  /// The value; null for an empty document.
  package let root: YAMLNode
  /// Keys that a mapping gives more than once.
  package let warnings: [YAMLWarning]
  package let file: SourceFile

  /// Parses `bytes` in UTF-8, or in UTF-16 with a byte order mark.
  ///
  /// - Parameter name: what the marks call the file.
  /// - Throws: ``YAMLError`` for text that is not YAML, for more than one document, for a value that PyYAML cannot construct,
  ///   and for text beyond `limits`.
  package init(parsing bytes: [UInt8], file name: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
    guard bytes.count <= limits.maximumBytes else {
      // The text itself is not kept: its one line is never shown.
      throw YAMLError(
        "the file is larger than \(limits.maximumBytes >> 20) MB, which is the limit",
        at: SourceMark(file: SourceFile(name: name), line: 1, column: 1))
    }
    let source = SourceFile(name: name, bytes: bytes)
    var builder = NodeBuilder(limits: limits)
    let root = try EventParser.withParser(of: source) { parser throws(YAMLError) in try builder.build(parser) }
    self.root = root ?? YAMLNode(.null, mark: SourceMark(file: source, line: 1, column: 1))
    self.warnings = builder.warnings
    self.file = source
  }

  /// Parses a text.
  package init(parsing text: String, file name: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
    try self.init(parsing: Array(text.utf8), file: name, limits: limits)
  }
}
