/// The words of a template's text, found without reading the template: each in one pass, however many there are.
enum TemplateWords {
  /// What is between two quotation marks of a kind, with neither between them: `key` of `config['key']`.
  static func quoted(in text: String) -> Set<Substring> {
    var words: Set<Substring> = []
    for quote in ["'", "\""] as [Unicode.Scalar] {
      let pieces = text.unicodeScalars.split(separator: quote, omittingEmptySubsequences: false)
      words.formUnion(pieces.dropFirst().dropLast().map { Substring($0) })
    }
    return words
  }

  /// Those, and the names outside of quotation marks: `parameters` and `key` of `parameters.key`.
  static func all(of text: String) -> Set<String> {
    var words = Set(quoted(in: text).map { String($0) })
    for word in text.unicodeScalars.split(whereSeparator: { !isNamePart($0) }) { words.insert(String(word)) }
    return words
  }

  static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
  }
}
