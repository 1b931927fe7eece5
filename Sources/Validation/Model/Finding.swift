import Manifest
import YAML

/// Something found in a manifest, and what of it can be fixed without asking.
package struct Finding: Sendable, Hashable {
  package var diagnostic: Diagnostic
  /// Changes of the text that remove it and nothing else; empty if an author has to decide.
  package var fix: [TextEdit] = []
  /// How many locations this finding stands for.
  package var count = 1
  /// In how many of them ``fix`` removes it.
  package var mendableCount = 0

  package init(_ diagnostic: Diagnostic, fix: [TextEdit] = []) {
    self.diagnostic = diagnostic
    self.fix = fix
    mendableCount = fix.isEmpty ? 0 : 1
  }

  package var rule: String { diagnostic.rule }
  package var severity: Diagnostic.Severity { diagnostic.severity }
}

/// Other bytes in place of a range of a file's bytes.
package struct TextEdit: Sendable, Hashable {
  package let range: Range<Int>
  package let replacement: String

  package init(_ range: Range<Int>, _ replacement: String) {
    self.range = range
    self.replacement = replacement
  }
}
