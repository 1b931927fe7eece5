/// A finished tape and the text it describes: the two pointers through which values are read.
///
/// Sound to share: both allocations are frozen and outlive it, since only a ``JSONDocument``, which owns them, hands it out.
struct Tape: @unchecked Sendable {
  let base: UnsafePointer<UInt8>
  let words: UnsafePointer<UInt64>

  @inline(__always)
  func word(_ index: Int) -> TapeWord { TapeWord(bits: words[index]) }

  /// The place of the next sibling of the value at `index`.
  @inline(__always)
  func next(_ index: Int) -> Int {
    word(index).isContainer ? index &+ span(index) : index &+ 1
  }

  /// The number of words of the container at `index`.
  @inline(__always)
  func span(_ index: Int) -> Int { Int(truncatingIfNeeded: words[index &+ 1] & 0xFFFF_FFFF) }

  /// The bytes of a value: of a string without its quotes.
  @inline(__always)
  func text(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let word = word(index)
    let start = base + word.offset
    if word.isContainer { return UnsafeBufferPointer(start: start, count: Int(truncatingIfNeeded: words[index &+ 1] >> 32)) }
    let length = word.length
    if length == TapeWord.maximumLength { return longText(word) }
    return UnsafeBufferPointer(start: start, count: length)
  }

  /// The bytes of a scalar whose length does not fit into its word: found by looking for its end.
  @inline(never)
  private func longText(_ word: TapeWord) -> UnsafeBufferPointer<UInt8> {
    let start = base + word.offset
    var at = start
    if word.kind == .string {
      while at.pointee != UInt8(ascii: "\"") { at += at.pointee == UInt8(ascii: "\\") ? 2 : 1 }
    } else {
      at += Numbers.scan(start)?.length ?? 0
    }
    return UnsafeBufferPointer(start: start, count: at - start)
  }

  /// The text of a string or key, unescaped (lone surrogates become U+FFFD).
  @inline(__always)
  func stringBytes(_ index: Int) -> String {
    let inside = text(index)
    return word(index).has(TapeWord.escaped)
      ? StringEscapes.unescaped(inside) : String(decoding: inside, as: UTF8.self)
  }

  /// Whether the key at `index`, unescaped, has these bytes.
  func key(_ index: Int, equals bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let inside = text(index)
    if word(index).has(TapeWord.escaped) {
      var unescaped = ByteBuffer(capacity: inside.count)
      StringEscapes.unescape(inside, to: &unescaped)
      return unescaped.withUnsafeBytes { $0.elementsEqual(bytes) }
    }
    return inside.count == bytes.count && inside.elementsEqual(bytes)
  }
}

extension Tape {
  /// The place of the value of `key` in the object at `index`, the last one where there are several; nil if there is none.
  @inline(__always)
  func find(_ key: JSONKey, in index: Int) -> Int? {
    let object = word(index)
    if object.kindBits != UInt64(JSONKind.object.rawValue) { return nil }
    if object.bits & (TapeWord.escapedKey | TapeWord.duplicates) != 0 { return findLast(key, in: index) }
    let end = index &+ span(index)
    let header = key.header
    var at = index &+ 2
    while at < end {
      let word = word(at)
      if word.header == header, key.matches(base + word.offset) { return at &+ 1 }
      at = next(at &+ 1)
    }
    return nil
  }

  @inline(never)
  private func findLast(_ key: JSONKey, in index: Int) -> Int? {
    let end = index &+ span(index)
    var found: Int?
    var at = index &+ 2
    while at < end {
      let isEqual = key.bytes.withUnsafeBufferPointer { self.key(at, equals: $0) }
      if isEqual { found = at &+ 1 }
      at = next(at &+ 1)
    }
    return found
  }

  /// The members of the object at `index` by Python's rule for repeated keys: the first place, the last value.
  ///
  /// Only for objects flagged as having duplicates.
  func distinctMembers(_ index: Int) -> [(key: Int, value: Int)] {
    var members: [(key: Int, value: Int)] = []
    var places: [[UInt8]: Int] = [:]
    let end = index &+ span(index)
    var at = index &+ 2
    while at < end {
      let bytes = word(at).has(TapeWord.escaped) ? Array(stringBytes(at).utf8) : Array(text(at))
      if let place = places[bytes] {
        members[place].value = at &+ 1
      } else {
        places[bytes] = members.count
        members.append((at, at &+ 1))
      }
      at = next(at &+ 1)
    }
    return members
  }

  /// Calls `body` with the places of each key and value of the object at `index`, duplicates removed.
  @inline(__always)
  func forEachMember<E: Error>(_ index: Int, _ body: (_ key: Int, _ value: Int) throws(E) -> Void) throws(E) {
    if word(index).has(TapeWord.duplicates) {
      for member in distinctMembers(index) { try body(member.key, member.value) }
      return
    }
    let end = index &+ span(index)
    var at = index &+ 2
    while at < end {
      try body(at, at &+ 1)
      at = next(at &+ 1)
    }
  }

  /// Calls `body` with the place of each element of the array at `index`.
  @inline(__always)
  func forEachElement<E: Error>(_ index: Int, _ body: (Int) throws(E) -> Void) throws(E) {
    let end = index &+ span(index)
    var at = index &+ 2
    while at < end {
      try body(at)
      at = next(at)
    }
  }

  /// The number of elements or distinct members of the container at `index`.
  func count(_ index: Int) -> Int {
    let word = word(index)
    if word.has(TapeWord.duplicates), word.kind == .object { return distinctMembers(index).count }
    if word.length < TapeWord.maximumLength { return word.length }
    let step = word.kind == .object ? 1 : 0
    let end = index &+ span(index)
    var at = index &+ 2
    var count = 0
    while at < end {
      at = next(at &+ step)
      count &+= 1
    }
    return count
  }
}
