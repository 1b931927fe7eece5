import Python

extension String {
  var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }

  /// `str.lower` of any text: what a sigma becomes depends on its position in the word.
  var lowercasedByContext: String {
    let lower = lowercased()
    guard unicodeScalars.contains("Σ") else { return lower }
    let scalars = Array(unicodeScalars)
    var result = ""
    for (place, scalar) in scalars.enumerated() {
      guard scalar == "Σ" else {
        result += scalar.properties.lowercaseMapping
        continue
      }
      let before = scalars[..<place].last { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
      let after = scalars[(place + 1)...].first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
      result += before && !after ? "ς" : "σ"
    }
    return result
  }

  var pythonCapitalized: String {
    guard let first = unicodeScalars.first else { return "" }
    return first.properties.titlecaseMapping + String(unicodeScalars.dropFirst()).lowercased()
  }

  /// `str.title`: each run of letters begins with a capital.
  var pythonTitlecased: String {
    var result = ""
    var afterCased = false
    for scalar in unicodeScalars {
      result += afterCased ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
      afterCased = scalar.properties.isCased
    }
    return result
  }

  /// `str.islower`: some cased characters, all of them lower.
  var isPythonLower: Bool {
    var found = false
    for scalar in unicodeScalars {
      if scalar.isPythonUpper || scalar.isPythonTitle { return false }
      if scalar.isPythonLower { found = true }
    }
    return found
  }

  var isPythonUpper: Bool {
    var found = false
    for scalar in unicodeScalars {
      if scalar.isPythonLower || scalar.isPythonTitle { return false }
      if scalar.isPythonUpper { found = true }
    }
    return found
  }

  func replacingScalar(_ old: Unicode.Scalar, with new: String) -> String {
    guard unicodeScalars.contains(old) else { return self }
    var result = ""
    for scalar in unicodeScalars { if scalar == old { result += new } else { result.unicodeScalars.append(scalar) } }
    return result
  }

  /// Without the characters of `set` at its ends; white space where it is nil.
  func stripped(of set: String? = nil, left: Bool = true, right: Bool = true) -> String {
    let characters = set.map { Set($0.unicodeScalars) }
    func isStripped(_ scalar: Unicode.Scalar) -> Bool { characters?.contains(scalar) ?? scalar.isPythonSpace }
    var view = unicodeScalars[...]
    while left, let first = view.first, isStripped(first) { view.removeFirst() }
    while right, let last = view.last, isStripped(last) { view.removeLast() }
    return view.count == unicodeScalars.count ? self : String(view)
  }

  /// The place, in bytes, where `part` first occurs; by code points, not by what looks alike.
  func firstRange(ofScalars part: String) -> Range<Int>? {
    var text = self
    var part = part
    return text.withUTF8 { text in
      part.withUTF8 { part in
        guard !part.isEmpty, text.count >= part.count else { return nil }
        let first = part[0]
        var at = 0
        let last = text.count - part.count
        while at <= last {
          if text[at] == first, text[at..<(at + part.count)].elementsEqual(part) { return at..<(at + part.count) }
          at += 1
        }
        return nil
      }
    }
  }
}

extension SliceBounds {
  /// The range that `start` and `stop` of a search mean; `high` may be below `low`, where nothing matches.
  func range(in count: Int) -> (low: Int, high: Int) {
    func place(_ bound: Int) -> Int { bound < 0 ? max(0, bound.addingReportingOverflow(count).partialValue) : bound }
    let low = start.map(place) ?? 0
    let high = min(stop.map(place) ?? count, count)
    return low > count ? (count, -1) : (low, high)
  }
}

extension [Unicode.Scalar] {
  func matches(_ part: [Unicode.Scalar], at place: Int) -> Bool {
    for offset in part.indices where self[place + offset] != part[offset] { return false }
    return true
  }

  func place(of part: [Unicode.Scalar], from low: Int, to high: Int, isFromRight: Bool) -> Int? {
    guard high - low >= part.count, low >= 0 else { return nil }
    if isFromRight {
      return stride(from: high - part.count, through: low, by: -1).first { matches(part, at: $0) }
    }
    return (low...(high - part.count)).first { matches(part, at: $0) }
  }

  /// How often `part` occurs, without overlaps.
  func count(of part: [Unicode.Scalar], from low: Int, to high: Int) -> Int {
    var count = 0
    var at = low
    while high - at >= part.count {
      if matches(part, at: at) {
        count += 1
        at += part.count
      } else {
        at += 1
      }
    }
    return count
  }

  /// Where `part` occurs, without overlaps, from the left.
  func places(of part: [Unicode.Scalar], from low: Int, to high: Int, limit: Int) -> [Int] {
    var found: [Int] = []
    var at = low
    while found.count < limit, high - at >= part.count {
      if matches(part, at: at) {
        found.append(at)
        at += part.count
      } else {
        at += 1
      }
    }
    return found
  }

  func split(at part: [Unicode.Scalar], limit: Int, isFromRight: Bool) -> [ArraySlice<Unicode.Scalar>] {
    var places: [Int]
    if isFromRight {
      let mirrored = Array(self.reversed()).places(of: part.reversed(), from: 0, to: count, limit: limit)
      places = mirrored.reversed().map { count - $0 - part.count }
    } else {
      places = self.places(of: part, from: 0, to: count, limit: limit)
    }
    var parts: [ArraySlice<Unicode.Scalar>] = []
    var start = 0
    for place in places {
      parts.append(self[start..<place])
      start = place + part.count
    }
    parts.append(self[start...])
    return parts
  }

  func splitAtSpace(limit: Int, isFromRight: Bool) -> [ArraySlice<Unicode.Scalar>] {
    if isFromRight {
      let mirrored = Array(self.reversed()).splitAtSpace(limit: limit, isFromRight: false)
      return mirrored.reversed().map { self[(count - $0.endIndex)..<(count - $0.startIndex)] }
    }
    var parts: [ArraySlice<Unicode.Scalar>] = []
    var at = 0
    while true {
      while at < count, self[at].isPythonSpace { at += 1 }
      if at == count { return parts }
      if parts.count == limit {
        parts.append(self[at...])
        return parts
      }
      let start = at
      while at < count, !self[at].isPythonSpace { at += 1 }
      parts.append(self[start..<at])
    }
  }

  /// `str.splitlines`, as far as there are `limit` lines.
  func pythonLines(keepingEnds: Bool = false, limit: Int) -> [ArraySlice<Unicode.Scalar>] {
    var lines: [ArraySlice<Unicode.Scalar>] = []
    var start = 0
    var at = 0
    while at < count, lines.count < limit {
      guard self[at].isPythonLineEnd else {
        at += 1
        continue
      }
      let end = at
      at += self[at] == "\r" && at + 1 < count && self[at + 1] == "\n" ? 2 : 1
      lines.append(self[start..<(keepingEnds ? at : end)])
      start = at
    }
    if start < count, lines.count < limit { lines.append(self[start...]) }
    return lines
  }
}

/// `str.replace`; a negative `count` means all.
func replaceText(
  _ text: String, _ old: String, _ new: String, count: Int, _ evaluation: inout Evaluation
) throws(TemplateError) -> String {
  let scalars = Array(text.unicodeScalars)
  let part = Array(old.unicodeScalars)
  let limit = count < 0 ? Int.max : count
  try evaluation.charge(text: text.utf8.count)
  try evaluation.charge(search: old.utf8.count, in: text.utf8.count)
  if part.isEmpty {
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      if index < limit { result += new }
      result.unicodeScalars.append(scalar)
      try evaluation.checkSize(text: result.utf8.count)
    }
    if scalars.count < limit { result += new }
    try evaluation.charge(text: result.utf8.count)
    return result
  }
  let places = scalars.places(of: part, from: 0, to: scalars.count, limit: limit)
  if places.isEmpty { return text }
  let size = places.count.multipliedReportingOverflow(by: new.utf8.count)
  try evaluation.charge(text: size.overflow ? .max : size.partialValue)
  var result = ""
  var start = 0
  for place in places {
    result += String(scalars[start..<place])
    result += new
    start = place + part.count
  }
  return result + String(scalars[start...])
}
