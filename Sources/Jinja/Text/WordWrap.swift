/// Wraps lines as Python's `textwrap` does, without touching tabs or line ends.
func wordwrapFilter(_ value: Value, _ given: [Value?], _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
  if case .undefined(let reason) = value { throw reason.error }
  guard let text = value.text else { throw TemplateError(.attribute, "wordwrap expects a text") }
  let width = try (given[0] ?? .int(79)).index(for: "wordwrap")
  var divider = "\n"
  if let set = given[2], !set.isNone { divider = try set.text(&evaluation) }
  let wrapper = TextWrapper(width: width, breaksWords: given[1]?.isTruthy ?? true, breaksHyphens: given[3]?.isTruthy ?? true)
  // Each letter may become a part of its own.
  try evaluation.charge(reading: text.utf8.count)
  var result = ""
  let lines = Array(text.unicodeScalars).pythonLines(limit: evaluation.tooMany)
  try evaluation.charge(list: lines.count)
  for (index, line) in lines.enumerated() {
    if index > 0 { result += divider }
    var isFirst = true
    let parts = try wrapper.wrap(line, limit: evaluation.tooMany)
    try evaluation.charge(list: parts.count)
    for part in parts {
      let added = part.count + divider.utf8.count
      try evaluation.charge(text: result.utf8.count + added, adding: added)
      if !isFirst { result += divider }
      isFirst = false
      result += String(part)
    }
    try evaluation.checkSize(text: result.utf8.count)
  }
  return .string(result)
}

/// Cuts a line into lines. What it makes are parts of the line that it is given: chunks are beside each other in it.
private struct TextWrapper {
  let width: Int
  let breaksWords: Bool
  let breaksHyphens: Bool

  typealias Text = ArraySlice<Unicode.Scalar>

  /// The line's lines, as far as there are `limit`.
  func wrap(_ line: Text, limit: Int) throws(TemplateError) -> [Text] {
    if width <= 0 { throw TemplateError(.value, "wordwrap expects a width above zero") }
    let chunks = self.chunks(line)
    var lines: [Text] = []
    var place = 0
    // What is left of the chunk at `place`, of which a part may be in an earlier line.
    var rest = chunks.first ?? []
    func advance() {
      place += 1
      rest = place < chunks.count ? chunks[place] : []
    }
    while place < chunks.count, lines.count < limit {
      if !lines.isEmpty, isSpace(rest) { advance() }
      let start = rest.startIndex
      var end = start
      var lastStart = start
      func take(_ count: Int) {
        lastStart = rest.startIndex
        end = rest.startIndex + count
      }
      while place < chunks.count, rest.endIndex - start <= width {
        take(rest.count)
        advance()
      }
      if place < chunks.count, rest.count > width {
        if breaksWords {
          var space = width - (end - start)
          // A long word is cut after a hyphen where there is one in reach.
          if breaksHyphens, let hyphen = rest.prefix(max(0, space)).lastIndex(of: "-"), hyphen > rest.startIndex,
            rest[..<hyphen].contains(where: { $0 != "-" })
          {
            space = hyphen - rest.startIndex + 1
          }
          if space > 0 {
            take(space)
            rest = rest.dropFirst(space)
          }
        } else if end == start {
          take(rest.count)
          advance()
        }
      }
      if end > lastStart, isSpace(line[lastStart..<end]) { end = lastStart }
      if end > start { lines.append(line[start..<end]) }
    }
    return lines
  }

  private func isSpace(_ chunk: Text) -> Bool { chunk.allSatisfy(isBreak) }

  private func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || (scalar.value >= 9 && scalar.value <= 13)
  }

  /// Runs of white space and words, which may end at a hyphen between letters.
  private func chunks(_ line: Text) -> [Text] {
    var chunks: [Text] = []
    var at = line.startIndex
    while at < line.endIndex {
      let start = at
      let inSpace = isBreak(line[at])
      while at < line.endIndex, isBreak(line[at]) == inSpace { at += 1 }
      let run = line[start..<at]
      if inSpace || !breaksHyphens { chunks.append(run) } else { chunks += splitAtHyphens(run) }
    }
    return chunks
  }

  private func splitAtHyphens(_ word: Text) -> [Text] {
    func isLetter(_ at: Int) -> Bool { word.indices.contains(at) && (word[at].isPythonAlpha || word[at] == "_") }
    func isHyphen(_ at: Int) -> Bool { word.indices.contains(at) && word[at] == "-" }
    func isWordPart(_ at: Int) -> Bool {
      word.indices.contains(at)
        && (word[at] == "_" || word[at].isPythonAlphanumeric || "!\"'&.,?".unicodeScalars.contains(word[at]))
    }
    var parts: [Text] = []
    var start = word.startIndex
    var at = start
    while at < word.endIndex {
      guard word[at] == "-" else {
        at += 1
        continue
      }
      var end = at
      while end < word.endIndex, word[end] == "-" { end += 1 }
      if end - at > 1 {
        // A dash of two or more hyphens between words is a chunk by itself.
        if at > start, isWordPart(at - 1), end < word.endIndex, word[end] == "_" || word[end].isPythonAlphanumeric {
          parts.append(word[start..<at])
          parts.append(word[at..<end])
          start = end
        }
      } else if at > start, isLetter(at - 1), isLetter(at - 2) || (isHyphen(at - 2) && isLetter(at - 3)),
        isLetter(end), isLetter(end + 1) || (isHyphen(end + 1) && isLetter(end + 2))
      {
        parts.append(word[start..<end])
        start = end
      }
      at = end
    }
    if start < word.endIndex { parts.append(word[start...]) }
    return parts
  }
}
