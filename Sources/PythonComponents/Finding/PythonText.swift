/// What the text of a Python module says at a glance: nothing of it is run, so names that it makes in other ways are not known.
struct PythonText {
  /// The classes at its top level, in their order.
  private(set) var classes: [String] = []
  /// Whatever else has a name at its top level: what it imports, functions, variables.
  private(set) var otherNames: Set<String> = []
  /// The modules that it imports, without their own parts: `source_x` of `from source_x.auth import Login`.
  private(set) var imported: Set<String> = []
  /// Whether it takes over all names of another module, so that nobody knows which it has.
  private(set) var takesAll = false

  init(_ bytes: [UInt8]) {
    var isText = false
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      // Texts of several lines may look like code.
      let marks = line.matches(of: /"""|'''/).count
      defer { if marks % 2 == 1 { isText.toggle() } }
      if !isText { read(line) }
    }
  }

  func has(_ name: String) -> Bool { takesAll || classes.contains(name) || otherNames.contains(name) }

  private mutating func read(_ line: Substring) {
    // Imports count wherever they are, as a function may import as well.
    if let match = line.firstMatch(of: /^\s*from\s+(\.*)([\w.]*)\s+import\s+(.*)/) {
      if match.1.isEmpty, let top = match.2.split(separator: ".").first { imported.insert(String(top)) }
      if !line.hasPrefix("from") { return }
      if match.3.trimmingPrefix(while: { "( ".contains($0) }).hasPrefix("*") { takesAll = true }
      bind(match.3)
    } else if let match = line.firstMatch(of: /^\s*import\s+(.*)/) {
      for module in match.1.split(separator: ",") {
        let name = module.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        imported.insert(String(name))
      }
      if line.hasPrefix("import") { bind(match.1) }
    } else if let match = line.firstMatch(of: /^class\s+(\w+)/) {
      classes.append(String(match.1))
    } else if let match = line.firstMatch(of: /^(?:async\s+)?def\s+(\w+)|^(\w+)\s*(?::[^=]*)?=[^=]/) {
      otherNames.insert(String(match.1 ?? match.2 ?? ""))
    } else if line.first == " " || line.first == "\t" {
      // The names of a list in parentheses, and what a condition at the top level makes.
      if let match = line.firstMatch(of: /^\s+(?:\w+\s+as\s+)?(\w+)\s*,?\s*(?:#.*)?$/) { otherNames.insert(String(match.1)) }
      if let match = line.firstMatch(of: /^ {4}class\s+(\w+)/) { otherNames.insert(String(match.1)) }
    }
  }

  /// `A as B, C` binds `B` and `C`.
  private mutating func bind(_ names: Substring) {
    for part in names.split(whereSeparator: { ",()".contains($0) }) {
      if let name = part.split(whereSeparator: { " .".contains($0) }).last { otherNames.insert(String(name)) }
    }
  }
}
