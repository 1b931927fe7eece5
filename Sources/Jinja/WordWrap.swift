/// Wraps lines as Python's `textwrap` does, without touching tabs or line ends.
func wordwrapFilter(_ value: Value, _ given: [Value?], _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
  if case .undefined(let reason) = value { throw reason.error }
  guard let text = value.text else { throw TemplateError(.attribute, "wordwrap wants a text.") }
  let width = try (given[0] ?? .int(79)).index(for: "wordwrap")
  var divider = "\n"
  if let set = given[2], !set.isNone { divider = try set.text(&evaluation) }
  let wrapper = TextWrapper(width: width, breaksWords: given[1]?.isTruthy ?? true, breaksHyphens: given[3]?.isTruthy ?? true)
  try evaluation.charge(text: text.utf8.count)
  var result = ""
  let lines = Array(text.unicodeScalars).pythonLines()
  for (index, line) in lines.enumerated() {
    if index > 0 { result += divider }
    result += try wrapper.wrap(line).map { String($0) }.joined(separator: divider)
    try evaluation.checkSize(text: result.utf8.count)
  }
  return .string(result)
}

private struct TextWrapper {
  let width: Int
  let breaksWords: Bool
  let breaksHyphens: Bool

  func wrap(_ line: [Unicode.Scalar]) throws(TemplateError) -> [[Unicode.Scalar]] {
    if width <= 0 { throw TemplateError(.value, "wordwrap wants a width above zero.") }
    var chunks = Array(self.chunks(line).reversed())
    var lines: [[Unicode.Scalar]] = []
    while !chunks.isEmpty {
      var current: [[Unicode.Scalar]] = []
      var length = 0
      if let last = chunks.last, isSpace(last), !lines.isEmpty { chunks.removeLast() }
      while let chunk = chunks.last, length + chunk.count <= width {
        current.append(chunk)
        length += chunk.count
        chunks.removeLast()
      }
      if let chunk = chunks.last, chunk.count > width {
        if breaksWords {
          var end = width - length
          // A long word is cut after a hyphen where there is one in reach.
          if breaksHyphens, let hyphen = chunk.prefix(max(0, end)).lastIndex(of: "-"), hyphen > 0,
            chunk[..<hyphen].contains(where: { $0 != "-" })
          {
            end = hyphen + 1
          }
          if end > 0 {
            current.append(Array(chunk[..<end]))
            chunks[chunks.count - 1] = Array(chunk[end...])
          }
        } else if current.isEmpty {
          current.append(chunks.removeLast())
        }
      }
      if let last = current.last, isSpace(last) { current.removeLast() }
      if !current.isEmpty { lines.append(Array(current.joined())) }
    }
    return lines
  }

  private func isSpace(_ chunk: [Unicode.Scalar]) -> Bool { chunk.allSatisfy(isBreak) }

  private func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || (scalar.value >= 9 && scalar.value <= 13)
  }

  /// Runs of white space and words, which may end at a hyphen between letters.
  private func chunks(_ line: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    var chunks: [[Unicode.Scalar]] = []
    var at = 0
    while at < line.count {
      let start = at
      let inSpace = isBreak(line[at])
      while at < line.count, isBreak(line[at]) == inSpace { at += 1 }
      let run = Array(line[start..<at])
      if inSpace || !breaksHyphens { chunks.append(run) } else { chunks += splitAtHyphens(run) }
    }
    return chunks
  }

  private func splitAtHyphens(_ word: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    func isLetter(_ at: Int) -> Bool { word.indices.contains(at) && (word[at].isPythonAlpha || word[at] == "_") }
    func isWordPart(_ at: Int) -> Bool {
      word.indices.contains(at)
        && (word[at] == "_" || word[at].isPythonAlphanumeric || "!\"'&.,?".unicodeScalars.contains(word[at]))
    }
    var parts: [[Unicode.Scalar]] = []
    var start = 0
    var at = 0
    while at < word.count {
      guard word[at] == "-" else {
        at += 1
        continue
      }
      var end = at
      while end < word.count, word[end] == "-" { end += 1 }
      if end - at > 1 {
        // A dash of two or more hyphens between words stands by itself.
        if at > start, isWordPart(at - 1), end < word.count, word[end] == "_" || word[end].isPythonAlphanumeric {
          parts.append(Array(word[start..<at]))
          parts.append(Array(word[at..<end]))
          start = end
        }
      } else if at > start, isLetter(at - 1), isLetter(at - 2) || (at - 2 >= 0 && word[at - 2] == "-" && isLetter(at - 3)),
        isLetter(end), isLetter(end + 1) || (end + 1 < word.count && word[end + 1] == "-" && isLetter(end + 2))
      {
        parts.append(Array(word[start..<end]))
        start = end
      }
      at = end
    }
    if start < word.count { parts.append(Array(word[start...])) }
    return parts
  }
}
