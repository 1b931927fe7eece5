import YAML

/// A position in a manifest's source text; lines and columns count from 1.
package struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
  package var file: String
  package var line: Int
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  package init(_ mark: SourceMark) {
    self.init(file: mark.file.name, line: mark.line, column: mark.column)
  }

  package var description: String { "\(file):\(line):\(column)" }
}
