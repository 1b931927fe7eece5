extension EncodedView {
  // MARK: Base64

  /// What the runs of base64 in the view say, over line breaks too, read from each of the four places where a group may begin.
  ///
  /// - Parameter dividing: whether runs are also read up to each place where a word may follow that only looks like their next line.
  func forEachBase64Run(dividing: Bool = true, _ body: (EncodedView) -> Void) {
    var characters: [Int] = []
    /// Where the lines of the run begin among its characters.
    var lines: [Int] = []
    var index = 0
    while index < bytes.count {
      guard Self.sextets[Int(bytes[index])] < 64 else {
        index += 1
        continue
      }
      characters.removeAll(keepingCapacity: true)
      lines.removeAll(keepingCapacity: true)
      while true {
        let start = index
        lines.append(characters.count)
        while index < bytes.count, Self.sextets[Int(bytes[index])] < 64 {
          characters.append(index)
          index += 1
        }
        guard let next = continuation(at: index, after: index - start) else { break }
        index = next
      }
      if lines.count > 1 { body(joined(characters, endingAt: index)) }
      readBase64(characters[...], endingAt: index, body)
      guard dividing, lines.count > 1 else { continue }
      for part in Self.parts(of: characters.count, lines) {
        let end = part.upperBound < characters.count ? characters[part.upperBound - 1] + 1 : index
        readBase64(characters[part], endingAt: end, body)
      }
    }
  }

  private func readBase64(_ characters: ArraySlice<Int>, endingAt end: Int, _ body: (EncodedView) -> Void) {
    // Four bytes need six characters at least.
    for shift in 0..<4 where characters.count - shift >= 6 { body(base64(characters.dropFirst(shift), endingAt: end)) }
  }

  /// The parts of a run that may be a text of their own: each line, lines of one length, and these with a shorter one behind them.
  private static func parts(of count: Int, _ starts: [Int]) -> Set<Range<Int>> {
    let ends = starts.dropFirst() + [count]
    let lengths = zip(starts, ends).map { $1 - $0 }
    var parts = Set(zip(starts, ends).map { $0..<$1 })
    var first = 0
    for line in starts.indices {
      if line > 0, lengths[line] != lengths[line - 1] {
        parts.insert(starts[first]..<starts[line])
        if lengths[line] < lengths[line - 1] { parts.insert(starts[first]..<ends[line]) }
        first = line
      }
    }
    parts.insert(starts[first]..<count)
    parts.remove(0..<count)
    return parts
  }

  /// Where base64 continues after a line break, or after the blank that it was turned into.
  private func continuation(at index: Int, after length: Int) -> Int? {
    var next = index
    var isBreak = false
    while next < bytes.count, bytes[next] == 0x20 || (0x09...0x0D).contains(bytes[next]) {
      if bytes[next] == 0x0A || bytes[next] == 0x0D { isBreak = true }
      next += 1
    }
    guard next > index, next < bytes.count, Self.sextets[Int(bytes[next])] < 64, isBreak || length >= 32 else { return nil }
    return next
  }

  private func joined(_ places: [Int], endingAt end: Int) -> EncodedView {
    var view = EncodedView(reachesEnd: isEnd(end))
    for place in places { view.append(bytes[place], from: origin(of: place..<(place + 1))) }
    return view
  }

  private func base64(_ characters: ArraySlice<Int>, endingAt end: Int) -> EncodedView {
    var view = EncodedView(reachesEnd: isEnd(end))
    var start = characters.startIndex
    while start < characters.endIndex {
      let count = min(4, characters.endIndex - start)
      var bits: UInt32 = 0
      for offset in 0..<4 {
        bits <<= 6
        if offset < count { bits |= UInt32(Self.sextets[Int(bytes[characters[start + offset]])]) }
      }
      var last = characters[start + count - 1] + 1
      // The padding goes with its group.
      while count < 4, last < bytes.count, bytes[last] == UInt8(ascii: "="), last - characters[start] < 4 { last += 1 }
      let source = origin(of: characters[start]..<last)
      if count > 1 { view.append(UInt8(truncatingIfNeeded: bits >> 16), from: source) } else { view.close(at: source.upperBound) }
      if count > 2 { view.append(UInt8(truncatingIfNeeded: bits >> 8), from: source) }
      if count > 3 { view.append(UInt8(truncatingIfNeeded: bits), from: source) }
      start += 4
    }
    return view
  }

  /// The values of base64's characters, in its usual or its URL-safe alphabet; 64 for others.
  private static let sextets: [UInt8] = {
    var table = [UInt8](repeating: 64, count: 256)
    for (value, byte) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
      table[Int(byte)] = UInt8(value)
    }
    table[Int(UInt8(ascii: "-"))] = 62
    table[Int(UInt8(ascii: "_"))] = 63
    return table
  }()

  // MARK: Hexadecimal digits

  /// What the runs of hexadecimal digits in the view say: pairs that are together, or with blanks, colons, hyphens, commas, line
  /// breaks or `0x` between them.
  func forEachHexRun(_ body: (EncodedView) -> Void) {
    for shift in 0..<2 {
      var run = EncodedView(reachesEnd: false)
      var index = 0
      while index < bytes.count {
        guard bytes[index].hexDigit != nil else {
          index += 1
          continue
        }
        if run.bytes.isEmpty { index += shift }
        while index + 1 < bytes.count, let high = bytes[index].hexDigit, let low = bytes[index + 1].hexDigit {
          run.append(high << 4 | low, from: origin(of: index..<(index + 2)))
          index += 2
        }
        // A digit that is left ends the run, and so does anything but a separator with digits behind it.
        let isOdd = index < bytes.count && bytes[index].hexDigit != nil
        if !isOdd, !run.bytes.isEmpty, let next = hexContinuation(at: index) {
          index = next
          continue
        }
        if isOdd { index += 1 }
        if run.bytes.count >= 4 { body(run.reachingEnd(isEndOfHex(index))) }
        if !run.bytes.isEmpty { run = EncodedView(reachesEnd: false) }
      }
      if run.bytes.count >= 4 { body(run.reachingEnd(isEndOfHex(index))) }
    }
  }

  /// Whether no pair can come any more: what is left is a part of one.
  private func isEndOfHex(_ index: Int) -> Bool {
    var end = endOfSeparator(at: index)
    if end < bytes.count, bytes[end].hexDigit != nil { end += 1 }
    if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "x") {
      end += 1
      if end < bytes.count, bytes[end].hexDigit != nil { end += 1 }
    }
    return isEnd(end) || isEnd(index)
  }

  private func endOfSeparator(at index: Int) -> Int {
    var end = index
    while end < bytes.count, end - index < 3, lengthOfCut(at: end) == 0, " :-,;._|+\n\r\t".utf8.contains(bytes[end]) { end += 1 }
    return end
  }

  private func hexContinuation(at index: Int) -> Int? {
    var next = endOfSeparator(at: index)
    if next + 1 < bytes.count, bytes[next] == UInt8(ascii: "0"), bytes[next + 1] | 0x20 == UInt8(ascii: "x") { next += 2 }
    guard next > index, next + 1 < bytes.count, bytes[next].hexDigit != nil, bytes[next + 1].hexDigit != nil else { return nil }
    return next
  }

  // MARK: Decoded bytes

  /// The parts that are texts, which may be encoded once more. What only looked like an encoding has hardly any.
  func forEachText(_ body: (EncodedView) -> Void) {
    var start = 0
    var index = 0
    func close() { if index - start >= 5 { body(part(start..<index)) } }
    while index < bytes.count {
      let length = lengthOfCharacter(at: index)
      if length == 0, reachesEnd, index > start, Self.lengthOfCutCharacter(in: bytes[index...]) == bytes.count - index {
        index = bytes.count
      } else if length == 0 {
        close()
        index += 1
        start = index
      } else {
        index += length
      }
    }
    close()
  }

  /// The length of a UTF-8 character that can be in a text; 0 for a control character and for what is not UTF-8.
  private func lengthOfCharacter(at index: Int) -> Int {
    let byte = bytes[index]
    if byte < 0x80 { return byte >= 0x20 && byte != 0x7F || (0x08...0x0D).contains(byte) ? 1 : 0 }
    let length = byte >= 0xF5 ? 0 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 0
    guard length > 0, index + length <= bytes.count else { return 0 }
    return bytes[(index + 1)..<(index + length)].allSatisfy { $0 & 0xC0 == 0x80 } ? length : 0
  }

  /// How many bytes at the end are the beginning of a character of UTF-8 that was cut.
  static func lengthOfCutCharacter(in bytes: ArraySlice<UInt8>) -> Int {
    for length in 1...3 where length <= bytes.count {
      let byte = bytes[bytes.endIndex - length]
      if byte & 0xC0 == 0x80 { continue }
      return byte >= (length == 1 ? 0xC2 : length == 2 ? 0xE0 : 0xF0) && byte < 0xF5 ? length : 0
    }
    return 0
  }

  /// Whether the view may well be UTF-16: many letters have a byte that is zero.
  var looksLikeUTF16: Bool { bytes.count(where: { $0 == 0 }) * 8 >= bytes.count }

  /// The view read as UTF-16 of either order, from its first byte or its second one.
  func forEachUTF16(_ body: (EncodedView) -> Void) {
    guard bytes.count >= 4 else { return }
    for isBigEndian in [false, true] {
      for start in 0..<2 {
        var view = EncodedView(reachesEnd: reachesEnd)
        var high: UInt32?
        var index = start
        while index + 1 < bytes.count {
          let (first, second) = (UInt32(bytes[index]), UInt32(bytes[index + 1]))
          let unit = isBigEndian ? first << 8 | second : second << 8 | first
          let source = origin(of: index..<(index + 2))
          let pair = high.flatMap { lead -> UInt32? in
            (0xDC00..<0xE000).contains(unit) ? 0x10000 + (lead - 0xD800) << 10 + (unit - 0xDC00) : nil
          }
          if let scalar = Unicode.Scalar(pair ?? unit) { view.append(scalar, from: source) }
          high = (0xD800..<0xDC00).contains(unit) ? unit : nil
          index += 2
        }
        body(view)
      }
    }
  }
}
