import Foundation

/// Writes the tape of a text in one pass, without recursion.
///
/// It accepts what Python's `json.loads` accepts of a text: NaN, Infinity and -Infinity, lone surrogates as escapes, any whole
/// value at the top. Nesting is bounded at the depth at which orjson stops.
struct TapeBuilder: ~Copyable {
  /// The deepest nesting of arrays and objects that is accepted.
  static let maximumDepth = 1024

  enum Failure: Error {
    case value, digit, literal, comma(inObject: Bool), trailingComma, key, colon, control, escape, utf8
    case depth, trailing, longInteger, size
  }

  /// A container that is still open.
  private struct Frame {
    var index: Int
    /// The number of things found so far that keep the text from being written as it stands.
    var dirt: Int
    var count: Int
    var flags: UInt64
    var isObject: Bool
    /// The number of keys that were as expected, and which the level's filter does not have.
    var expected = 0
  }

  /// The keys of the object that was closed last at a level. The next one there mostly has the same ones in the same order, as the
  /// records of a page do, and to compare a key with the one expected is much less than to read it and to see that it is new.
  private struct Shape {
    /// The places of the first key and behind the last value; 0 where there is nothing to expect.
    var start = 0
    var end = 0
    /// The place of the key that is expected next in the open object; 0 where none is.
    var next = 0
  }

  private(set) var base: UnsafePointer<UInt8>
  private var end: Int
  private var words: UnsafeMutablePointer<UInt64>
  private var capacity: Int
  /// The number of words written.
  private(set) var used = 0
  private var frames: UnsafeMutablePointer<Frame>
  private var filters: UnsafeMutablePointer<KeyFilter>
  private var shapes: UnsafeMutablePointer<Shape>
  private var frameCapacity = 16
  /// Whether integers beyond 64 bits are written out with their digits, as Python's `json` does, and not as doubles.
  var keepsLongIntegers = false
  /// The place at which a failure was noticed.
  private(set) var failureOffset = 0

  /// Where reading goes on, in a text that is not there as a whole yet: before a value.
  private var pause = (place: 0, dirt: 0, depth: 0)

  init(_ bytes: JSONBytes) { self.init(bytes.base, count: bytes.count, expecting: bytes.count) }

  /// - Parameter expecting: the size that the text is going to have, as far as it is known.
  init(_ text: UnsafePointer<UInt8>, count: Int, expecting size: Int) {
    base = text
    end = count
    // Eight bytes of tape for eight bytes of text hold nearly every page; the memory is only touched as it is written.
    let block = Blocks.allocate(size / 8 * 8 + 32 * 8)
    capacity = block.capacity / 8
    words = block.base.bindMemory(to: UInt64.self, capacity: capacity)
    frames = .allocate(capacity: frameCapacity)
    filters = .allocate(capacity: frameCapacity)
    shapes = .allocate(capacity: frameCapacity)
    shapes.initialize(repeating: Shape(), count: frameCapacity)
  }

  deinit {
    Blocks.free(words, capacity * 8)
    frames.deallocate()
    filters.deallocate()
    shapes.deallocate()
  }

  /// The finished tape, a block of `capacity` bytes to be given back by the caller.
  consuming func finish() -> (words: UnsafeMutablePointer<UInt64>, count: Int, capacity: Int) {
    let result = (words, used, capacity * 8)
    frames.deallocate()
    filters.deallocate()
    shapes.deallocate()
    discard self
    return result
  }

  /// Reads the whole text. On failure ``failureOffset`` tells the place.
  mutating func build() throws(Failure) { try build(from: 0, to: end) }

  /// Forgets the words from `count` on.
  mutating func truncate(to count: Int) {
    used = min(used, max(count, 0))
    shapes.update(repeating: Shape(), count: frameCapacity)
  }

  /// Reads the value that takes up a part of the text; behind the part stands a byte that no value can contain.
  mutating func build(from start: Int, to end: Int) throws(Failure) {
    guard end <= TapeWord.maximumText else { throw fail(.size, base) }
    pause = (start, 0, 0)
    _ = try build(to: end, before: end + 1)
  }

  /// Reads on in a text of which `count` bytes are there now, at `text`, where it may have been moved to.
  ///
  /// - Parameter stop: no value is begun from here on, for it may not be there as a whole.
  /// - Returns: whether the text was read to its end.
  /// - Throws: ``Failure``, also where a value that was begun is not there as a whole. Nothing can be read after that.
  mutating func build(on text: UnsafePointer<UInt8>, count: Int, before stop: Int) throws(Failure) -> Bool {
    guard count <= TapeWord.maximumText else { throw fail(.size, base) }
    base = text
    end = count
    return try build(to: count, before: stop)
  }

  private mutating func build(to end: Int, before stop: Int) throws(Failure) -> Bool {
    var at = base + pause.place
    var (dirt, depth) = (pause.dirt, pause.depth)
    var frame = frames + max(depth &- 1, 0)
    let stop = base + stop
    if depth == 0 { at = skipBlanks(at, &dirt) }

    value: while true {
      if at >= stop {
        pause = (at - base, dirt, depth)
        return false
      }
      if used &+ 4 > capacity { growWords() }
      let start = at
      switch at.pointee {
      case UInt8(ascii: "\""):
        let (close, flags) = try scanString(at + 1)
        if flags & TapeWord.rewritten != 0 { dirt &+= 1 }
        emit(TapeWord(.string, offset: start - base + 1, length: close - start &- 1, flags: flags))
        at = close + 1
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let isObject = at.pointee == UInt8(ascii: "{")
        if depth >= TapeBuilder.maximumDepth { throw fail(.depth, at) }
        if depth == frameCapacity { growFrames() }
        frame = frames + depth
        depth &+= 1
        frame.initialize(to: Frame(index: used, dirt: dirt, count: 0, flags: 0, isObject: isObject))
        words[used] = UInt64(truncatingIfNeeded: start - base)
        used &+= 2
        at += 1
        if at.pointee <= 0x20 { at = skipBlanks(at, &dirt) }
        if isObject {
          filters[depth &- 1].reset()
          shapes[depth &- 1].next = shapes[depth &- 1].start
          if at.pointee == UInt8(ascii: "}") { break }
          at = try scanMember(at, frame, depth &- 1, &dirt)
        } else if at.pointee == UInt8(ascii: "]") {
          break
        }
        continue value
      case UInt8(ascii: "n"):
        guard matches(at, "null") else { throw fail(.literal, at) }
        emit(TapeWord(.null, offset: start - base, length: 4))
        if depth > 0, frame.pointee.isObject { frame.pointee.flags |= TapeWord.nullMember }
        at += 4
      case UInt8(ascii: "t"):
        guard matches(at, "true") else { throw fail(.literal, at) }
        emit(TapeWord(.bool, offset: start - base, length: 4))
        at += 4
      case UInt8(ascii: "f"):
        guard matches(at, "fals"), at[4] == UInt8(ascii: "e") else { throw fail(.literal, at) }
        emit(TapeWord(.bool, offset: start - base, length: 5))
        at += 5
      default:
        at = try scanNumber(at, &dirt)
      }

      // Behind a value, or before the bracket that closes an empty container.
      while true {
        if depth == 0 { break value }
        if at.pointee <= 0x20 { at = skipBlanks(at, &dirt) }
        let byte = at.pointee
        let isObject = frame.pointee.isObject
        if byte == UInt8(ascii: ",") {
          frame.pointee.count &+= 1
          at += 1
          if at.pointee <= 0x20 { at = skipBlanks(at, &dirt) }
          if isObject {
            if used &+ 4 > capacity { growWords() }
            if at.pointee == UInt8(ascii: "}") { throw fail(.trailingComma, at) }
            at = try scanMember(at, frame, depth &- 1, &dirt)
          } else if at.pointee == UInt8(ascii: "]") {
            throw fail(.trailingComma, at)
          }
          continue value
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw fail(.comma(inObject: isObject), at)
        }
        at += 1
        close(frame, at, depth &- 1, &dirt)
        depth &-= 1
        frame = frames + max(depth &- 1, 0)
      }
    }

    at = skipBlanks(at, &dirt)
    if at - base != end { throw fail(.trailing, at) }
    return true
  }

  // MARK: - Pieces

  @inline(__always)
  mutating func emit(_ word: TapeWord) {
    words[used] = word.bits
    used &+= 1
  }

  /// Reads a key and its colon; returns the place of the value.
  @inline(__always)
  private mutating func scanMember(
    _ place: UnsafePointer<UInt8>, _ frame: UnsafeMutablePointer<Frame>, _ level: Int, _ dirt: inout Int
  ) throws(Failure) -> UnsafePointer<UInt8> {
    guard place.pointee == UInt8(ascii: "\"") else { throw fail(.key, place) }
    let start = place + 1
    var at: UnsafePointer<UInt8>
    if let close = expectedKey(start, frame, level) { at = close } else { at = try scanKey(start, frame, level, &dirt) }
    at += 1
    if at.pointee <= 0x20 { at = skipBlanks(at, &dirt) }
    guard at.pointee == UInt8(ascii: ":") else { throw fail(.colon, at) }
    at += 1
    if at.pointee <= 0x20 { at = skipBlanks(at, &dirt) }
    return at
  }

  /// Reads a key of which nothing is known; returns the place of its closing quote.
  @inline(__always)
  private mutating func scanKey(
    _ start: UnsafePointer<UInt8>, _ frame: UnsafeMutablePointer<Frame>, _ level: Int, _ dirt: inout Int
  ) throws(Failure) -> UnsafePointer<UInt8> {
    let (close, flags) = try scanString(start)
    let length = close - start
    if frame.pointee.expected > 0 { refill(frame, level) }
    if flags != 0 {
      frame.pointee.flags |= TapeWord.escapedKey
      if flags & TapeWord.rewritten != 0 { dirt &+= 1 }
    } else if filters[level].mayContain(start, length) {
      if repeats(start, length, frame) {
        frame.pointee.flags |= TapeWord.duplicates
        dirt &+= 1
      }
    }
    emit(TapeWord(.string, offset: start - base, length: length, flags: flags))
    return close
  }

  /// The place behind the member whose key is at `place`.
  @inline(__always)
  private func behindMember(_ place: Int) -> Int {
    let isContainer = TapeWord(bits: words[place &+ 1]).isContainer
    return place &+ (isContainer ? 1 &+ Int(truncatingIfNeeded: words[place &+ 2] & 0xFFFF_FFFF) : 2)
  }

  /// Writes the key that is expected, if it is the one that stands at `start`; returns the place of its closing quote.
  @inline(__always)
  private mutating func expectedKey(
    _ start: UnsafePointer<UInt8>, _ frame: UnsafeMutablePointer<Frame>, _ level: Int
  ) -> UnsafePointer<UInt8>? {
    let place = shapes[level].next
    if place == 0 { return nil }
    let word = TapeWord(bits: words[place])
    let length = word.length
    guard start - base &+ length < end, start[length] == UInt8(ascii: "\""), isSame(start, base + word.offset, length) else {
      shapes[level].next = 0
      return nil
    }
    emit(TapeWord(.string, offset: start - base, length: length))
    frame.pointee.expected &+= 1
    let next = behindMember(place)
    shapes[level].next = next < shapes[level].end ? next : 0
    return start + length
  }

  @inline(__always)
  private func isSame(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let difference = SWAR.load(left) ^ SWAR.load(right)
    if length < 8 { return difference & (1 << (8 &* UInt64(truncatingIfNeeded: length)) &- 1) == 0 }
    if difference != 0 { return false }
    if length > 16 { return memcmp(left, right, length) == 0 }
    return SWAR.load(left + (length &- 8)) == SWAR.load(right + (length &- 8))
  }

  /// Adds the keys of the open object to the filter, all of which were as expected.
  @inline(never)
  private mutating func refill(_ frame: UnsafeMutablePointer<Frame>, _ level: Int) {
    frame.pointee.expected = 0
    var place = frame.pointee.index &+ 2
    while place < used {
      let word = TapeWord(bits: words[place])
      _ = filters[level].mayContain(base + word.offset, word.length)
      place = behindMember(place)
    }
  }

  /// Whether the members of the open object that the filter covers have this key; all of them are unescaped or irrelevant.
  @inline(never)
  private func repeats(_ start: UnsafePointer<UInt8>, _ length: Int, _ frame: UnsafeMutablePointer<Frame>) -> Bool {
    var index = frame.pointee.index &+ 2
    let header = TapeWord(.string, offset: 0, length: length).header
    while index < used {
      let word = TapeWord(bits: words[index])
      if word.header == header, memcmp(base + word.offset, start, length) == 0 { return true }
      index = behindMember(index)
    }
    return false
  }

  @inline(__always)
  private mutating func close(
    _ frame: UnsafeMutablePointer<Frame>, _ end: UnsafePointer<UInt8>, _ level: Int, _ dirt: inout Int
  ) {
    let index = frame.pointee.index
    let start = Int(truncatingIfNeeded: words[index])
    let count = used == index &+ 2 ? 0 : frame.pointee.count &+ 1
    var flags = frame.pointee.flags
    if frame.pointee.isObject, count > KeyFilter.limit || flags & TapeWord.escapedKey != 0, count > 1,
      flags & TapeWord.duplicates == 0, frame.pointee.expected < count,
      DuplicateKeys.exist(Tape(base: base, words: UnsafePointer(words)), from: index &+ 2, to: used, count: count)
    {
      flags |= TapeWord.duplicates
      dirt &+= 1
    }
    if frame.pointee.isObject {
      let isExpected = flags & (TapeWord.duplicates | TapeWord.escapedKey) == 0 && count > 0
      shapes[level].start = isExpected ? index &+ 2 : 0
      shapes[level].end = used
    }
    if dirt != frame.pointee.dirt { flags |= TapeWord.dirty }
    words[index] = TapeWord(frame.pointee.isObject ? .object : .array, offset: start, length: count, flags: flags).bits
    words[index &+ 1] =
      UInt64(truncatingIfNeeded: used &- index) | UInt64(truncatingIfNeeded: (end - base) &- start) << 32
  }

  @inline(__always)
  private func matches(_ place: UnsafePointer<UInt8>, _ literal: StaticString) -> Bool {
    UnsafeRawPointer(place).loadUnaligned(as: UInt32.self)
      == UnsafeRawPointer(literal.utf8Start).loadUnaligned(as: UInt32.self)
  }

  /// Skips blanks, counting them as dirt where there are any.
  @inline(__always)
  private func skipBlanks(_ place: UnsafePointer<UInt8>, _ dirt: inout Int) -> UnsafePointer<UInt8> {
    var at = place
    if at.pointee == 0x20, at[1] > 0x20 {
      dirt &+= 1
      return at + 1
    }
    while true {
      switch at.pointee {
      case 0x20, 0x0A, 0x0D, 0x09:
        at += 1
        while SWAR.load(at) == SWAR.eightSpaces { at += 8 }
      default:
        if at != place { dirt &+= 1 }
        return at
      }
    }
  }

  @inline(never)
  private mutating func growWords() {
    let wanted = (capacity + capacity / 2 + 32) * 8
    let block = Blocks.grow(words, capacity * 8, keeping: used * 8, to: wanted)
    capacity = block.capacity / 8
    words = block.base.bindMemory(to: UInt64.self, capacity: capacity)
  }

  @inline(never)
  private mutating func growFrames() {
    let grown = frameCapacity * 4
    let moved = UnsafeMutablePointer<Frame>.allocate(capacity: grown)
    moved.update(from: frames, count: frameCapacity)
    frames.deallocate()
    frames = moved
    let movedFilters = UnsafeMutablePointer<KeyFilter>.allocate(capacity: grown)
    movedFilters.update(from: filters, count: frameCapacity)
    filters.deallocate()
    filters = movedFilters
    let movedShapes = UnsafeMutablePointer<Shape>.allocate(capacity: grown)
    movedShapes.initialize(repeating: Shape(), count: grown)
    movedShapes.update(from: shapes, count: frameCapacity)
    shapes.deallocate()
    shapes = movedShapes
    frameCapacity = grown
  }

  @inline(never)
  mutating func fail(_ failure: Failure, _ place: UnsafePointer<UInt8>) -> Failure {
    failureOffset = place - base
    return failure
  }
}
