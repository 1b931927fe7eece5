extension EncodedView {
  // MARK: Base64

  /// What the runs of base64 in the view say, over line breaks too, read from each of the four places where a group may begin.
  ///
  /// - Parameters:
  ///   - traces: what secrets leave in base64: runs without it are left out; nil if all are wanted.
  ///   - dividing: whether runs are also read up to each place where a word may follow that only looks like their next line.
  func forEachBase64Run(
    with traces: SecretTraces?, dividing: Bool = true, _ body: (EncodedView, DecodedBytes.Notable) -> Void
  ) {
    /// The lines of the run.
    var lines: [Range<Int>] = []
    var index = 0
    while index < bytes.count {
      index = firstOfBase64(from: index)
      if index == bytes.count { break }
      lines.removeAll(keepingCapacity: true)
      while true {
        let start = index
        index = endOfBase64(from: index)
        lines.append(start..<index)
        guard let next = continuation(at: index, after: index - start) else { break }
        index = next
      }
      let notable = traces.map { lookAt(lines, $0) } ?? DecodedBytes.Notable.allOfFour
      guard notable.contains(where: { $0 != .nothing }) else { continue }
      let characters = lines.flatMap { Array($0) }
      if lines.count > 1, notable.contains(.everything) { body(joined(characters, endingAt: index), .everything) }
      for shift in 0..<4 where notable[shift] != .nothing {
        readBase64(characters[...], shift, endingAt: index) { body($0, notable[shift]) }
      }
      guard dividing, lines.count > 1 else { continue }
      var starts: [Int] = []
      var count = 0
      for line in lines {
        starts.append(count)
        count += line.count
      }
      for part in Self.parts(of: characters.count, starts) {
        let end = part.upperBound < characters.count ? characters[part.upperBound - 1] + 1 : index
        let most = notable.contains(.everything) ? DecodedBytes.Notable.everything : .texts
        for shift in 0..<4 { readBase64(characters[part], shift, endingAt: end) { body($0, most) } }
      }
    }
  }

  private func firstOfBase64(from index: Int) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      Self.sextets.withUnsafeBufferPointer { sextets in
        var index = index
        while index < bytes.count, sextets[Int(bytes[index])] >= 64 { index += 1 }
        return index
      }
    }
  }

  private func endOfBase64(from index: Int) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      Self.sextets.withUnsafeBufferPointer { sextets in
        var index = index
        while index < bytes.count, sextets[Int(bytes[index])] < 64 { index += 1 }
        return index
      }
    }
  }

  /// What of a run of base64 is worth reading, from each of the four places where a group may begin.
  private func lookAt(_ lines: [Range<Int>], _ traces: SecretTraces) -> [DecodedBytes.Notable] {
    guard let last = lines.last else { return [] }
    var count = lines.reduce(0) { $0 + $1.count }
    // Four bytes need six characters at least.
    if lines.count == 1, count < 6 { return [] }
    // What is cut may be told by less.
    if isEnd(last.upperBound) || lines.count > 1 && mayTellJoined(lines, traces) { return DecodedBytes.Notable.allOfFour }
    count = 0
    var bits: UInt32 = 0
    var lanes = (DecodedBytes(), DecodedBytes(), DecodedBytes(), DecodedBytes())
    let hasTrace = bytes.withUnsafeBufferPointer { bytes in
      Self.sextets.withUnsafeBufferPointer { sextets in
        for line in lines {
          for index in line {
            bits = bits << 6 | UInt32(sextets[Int(bytes[index])])
            count += 1
            if count < 4 { continue }
            if traces.mayHold(sextets: bits & 0xFF_FFFF) { return true }
            switch count & 3 {
            case 0: lanes.0.append(group: bits)
            case 1: lanes.1.append(group: bits)
            case 2: lanes.2.append(group: bits)
            default: lanes.3.append(group: bits)
            }
          }
        }
        return false
      }
    }
    if hasTrace { return DecodedBytes.Notable.allOfFour }
    // The last group of a lane may have two or three characters.
    func end(_ lane: inout DecodedBytes, _ place: Int) {
      switch (count - place) & 3 {
      case 2: lane.append(UInt8(truncatingIfNeeded: bits >> 4))
      case 3:
        lane.append(UInt8(truncatingIfNeeded: bits >> 10))
        lane.append(UInt8(truncatingIfNeeded: bits >> 2))
      default: break
      }
    }
    end(&lanes.0, 0)
    end(&lanes.1, 1)
    end(&lanes.2, 2)
    end(&lanes.3, 3)
    return [lanes.0.notable, lanes.1.notable, lanes.2.notable, lanes.3.notable]
  }

  /// The same for its lines without the breaks between them: a secret as it is, as hexadecimal digits, or the label of a host.
  private func mayTellJoined(_ lines: [Range<Int>], _ traces: SecretTraces) -> Bool {
    var window: UInt32 = 0
    var count = 0
    var digits = 0
    for line in lines {
      for index in line {
        let byte = bytes[index]
        window = window >> 8 | UInt32(SecretSet.folded(byte)) << 24
        count += 1
        if count >= 4, traces.mayHold(window) || window == Self.labelMark { return true }
        digits = byte.hexDigit != nil || "+-_xX".utf8.contains(byte) ? digits + 1 : 0
        if digits >= 8 { return true }
      }
    }
    return false
  }

  /// `xn--`, the first one lowest.
  private static let labelMark = SecretSet.window(Array("xn--".utf8), 0)

  private func readBase64(_ characters: ArraySlice<Int>, _ shift: Int, endingAt end: Int, _ body: (EncodedView) -> Void) {
    // Four bytes need six characters at least.
    if characters.count - shift >= 6 { body(base64(characters.dropFirst(shift), endingAt: end)) }
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
  ///
  /// - Parameter traces: what secrets leave in bytes: runs without it are left out; nil if all are wanted.
  func forEachHexRun(with traces: SecretTraces?, _ body: (EncodedView, DecodedBytes.Notable) -> Void) {
    /// Where the pairs of the run are.
    var pairs: [Int] = []
    func close(at index: Int) {
      if pairs.count >= 4 {
        let isEnd = isEndOfHex(index)
        let notable = traces.flatMap { isEnd ? nil : lookAt(hex: pairs, $0) } ?? .everything
        if notable != .nothing { body(hex(pairs, reachesEnd: isEnd), notable) }
      }
      pairs.removeAll(keepingCapacity: true)
    }
    for stretch in hexStretches {
      for shift in 0..<2 {
        var index = stretch.lowerBound
        while index < stretch.upperBound {
          guard bytes[index].hexDigit != nil else {
            index += 1
            continue
          }
          if pairs.isEmpty { index += shift }
          while index + 1 < bytes.count, bytes[index].hexDigit != nil, bytes[index + 1].hexDigit != nil {
            pairs.append(index)
            index += 2
          }
          // A digit that is left ends the run, and so does anything but a separator with digits behind it.
          let isOdd = index < bytes.count && bytes[index].hexDigit != nil
          if !isOdd, !pairs.isEmpty, let next = hexContinuation(at: index) {
            index = next
            continue
          }
          if isOdd { index += 1 }
          close(at: index)
        }
        close(at: index)
      }
    }
  }

  /// Where runs of eight digits or more may be: what consists of digits and of what may be between them.
  private var hexStretches: [Range<Int>] {
    bytes.withUnsafeBufferPointer { bytes in
      Self.hexKinds.withUnsafeBufferPointer { kinds in
        var stretches: [Range<Int>] = []
        var start = 0
        var digits = 0
        for index in bytes.indices {
          let kind = kinds[Int(bytes[index])]
          if kind < 2 {
            digits += Int(kind)
          } else {
            if digits >= 8 { stretches.append(start..<index) }
            start = index + 1
            digits = 0
          }
        }
        if digits >= 8 { stretches.append(start..<bytes.count) }
        return stretches
      }
    }
  }

  /// 1 for digits, 0 for what may be between them, 2 for all else.
  private static let hexKinds: [UInt8] = (0...255).map { (byte: UInt8) -> UInt8 in
    byte.hexDigit != nil ? 1 : " :-,;._|+\n\r\txX".utf8.contains(byte) ? 0 : 2
  }

  private func hexByte(at index: Int) -> UInt8 { (bytes[index].hexDigit ?? 0) << 4 | (bytes[index + 1].hexDigit ?? 0) }

  private func hex(_ pairs: [Int], reachesEnd: Bool) -> EncodedView {
    var view = EncodedView(reachesEnd: reachesEnd)
    for pair in pairs { view.append(hexByte(at: pair), from: origin(of: pair..<(pair + 2))) }
    return view
  }

  /// What of hexadecimal digits is worth reading.
  private func lookAt(hex pairs: [Int], _ traces: SecretTraces) -> DecodedBytes.Notable {
    var decoded = DecodedBytes()
    var window: UInt32 = 0
    for (count, pair) in pairs.enumerated() {
      let byte = hexByte(at: pair)
      window = window >> 8 | UInt32(SecretSet.folded(byte)) << 24
      if count >= 3, traces.mayHold(window) { return .everything }
      decoded.append(byte)
    }
    return decoded.notable
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
