import CScan

extension TapeBuilder {
  /// Finds the closing quote of the string whose inside starts at `start`, and the flags of its word.
  @inline(__always)
  mutating func scanString(
    _ start: UnsafePointer<UInt8>
  ) throws(Failure) -> (close: UnsafePointer<UInt8>, flags: UInt64) {
    let at = cscan_plain(start)
    if at.pointee == UInt8(ascii: "\"") { return (at, 0) }
    return try scanRestOfString(at)
  }

  @inline(never)
  private mutating func scanRestOfString(
    _ start: UnsafePointer<UInt8>
  ) throws(Failure) -> (close: UnsafePointer<UInt8>, flags: UInt64) {
    var at = start
    var flags: UInt64 = 0
    while true {
      at = cscan_text(at)
      switch at.pointee {
      case UInt8(ascii: "\""): return (at, flags)
      case UInt8(ascii: "\\"):
        flags |= TapeWord.escaped
        switch at[1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "b"),
          UInt8(ascii: "f"):
          at += 2
        case UInt8(ascii: "/"):
          flags |= TapeWord.rewritten
          at += 2
        case UInt8(ascii: "u"):
          guard StringEscapes.hex(at + 2) != nil else { throw fail(.escape, at) }
          flags |= TapeWord.rewritten
          at += 6
        default:
          throw fail(.escape, at)
        }
      case 0x80...:
        let length = UTF8Check.length(at)
        if length == 0 { throw fail(.utf8, at) }
        at += length
      default: throw fail(.control, at)
      }
    }
  }

  /// Reads a number, NaN or an infinity: the place behind it, and its word.
  @inline(__always)
  mutating func scanNumber(
    _ start: UnsafePointer<UInt8>
  ) throws(Failure) -> (end: UnsafePointer<UInt8>, word: TapeWord) {
    var at = start
    if at.pointee == UInt8(ascii: "-") { at += 1 }
    let digits = cscan_digits(at)
    if digits == 0 { return try scanWord(start) }
    // No digit follows a leading zero.
    at += at.pointee == UInt8(ascii: "0") ? 1 : digits
    let byte = at.pointee
    if byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") {
      if byte == UInt8(ascii: ".") {
        at += 1
        let fraction = cscan_digits(at)
        at += fraction
        if fraction == 0 { throw fail(.digit, at) }
        if at.pointee | 0x20 != UInt8(ascii: "e"), at - start < 300 {
          return (at, TapeWord(.double, offset: start - base, length: at - start))
        }
      }
      return try scanExponent(start, at)
    }
    if at - start <= 18 { return (at, TapeWord(.int, offset: start - base, length: at - start)) }
    return (at, try longInteger(start, at))
  }

  /// Finishes a decimal that has an exponent or very many digits, and may overflow.
  @inline(never)
  private mutating func scanExponent(
    _ start: UnsafePointer<UInt8>, _ place: UnsafePointer<UInt8>
  ) throws(Failure) -> (end: UnsafePointer<UInt8>, word: TapeWord) {
    var at = place
    if at.pointee | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at.pointee == UInt8(ascii: "+") || at.pointee == UInt8(ascii: "-") { at += 1 }
      let digits = cscan_digits(at)
      at += digits
      if digits == 0 { throw fail(.digit, at) }
    }
    let isFinite = Numbers.double(UnsafeBufferPointer(start: start, count: at - start)).isFinite
    return (at, TapeWord(.double, offset: start - base, length: at - start, flags: isFinite ? 0 : TapeWord.nonFinite))
  }

  /// Classifies an integer of many digits: a word of 64 bits, with or without a sign, stays an integer.
  @inline(never)
  private mutating func longInteger(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) throws(Failure) -> TapeWord {
    let text = UnsafeBufferPointer(start: start, count: end - start)
    if text.count > Numbers.maximumIntegerDigits, text.count > Numbers.maximumIntegerDigits + (text[0] == 0x2D ? 1 : 0) {
      throw fail(.longInteger, start)
    }
    return TapeWord(Numbers.isOverlong(text) ? .double : .int, offset: start - base, length: text.count)
  }

  /// Reads one of the words that Python reads as a number.
  @inline(never)
  private mutating func scanWord(_ start: UnsafePointer<UInt8>) throws(Failure) -> (end: UnsafePointer<UInt8>, word: TapeWord) {
    for word in ["NaN", "Infinity", "-Infinity"] as [StaticString]
    where strncmp(start, word.utf8Start, word.utf8CodeUnitCount) == 0 {
      let length = word.utf8CodeUnitCount
      return (start + length, TapeWord(.double, offset: start - base, length: length, flags: TapeWord.nonFinite))
    }
    throw fail(.value, start)
  }
}
