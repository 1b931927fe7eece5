import Essentials

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

  /// The words, and how many there are. While they are written they are a variable of their own, of which no pointer is given to a call
  /// that is not inlined: so its parts are in registers.
  struct Output {
    fileprivate(set) var words: UnsafeMutablePointer<UInt64>
    fileprivate(set) var capacity: Int
    fileprivate(set) var used = 0

    fileprivate init(bytes: Int) {
      let block = Blocks.allocate(bytes)
      capacity = block.capacity / 8
      words = block.base.bindMemory(to: UInt64.self, capacity: capacity)
    }

    /// Appends a word; there must be room for it.
    @inline(__always)
    mutating func emit(_ word: TapeWord) {
      words[used] = word.bits
      used &+= 1
    }

    /// The place behind the member whose key is at `place`.
    @inline(__always)
    fileprivate func behindMember(_ place: Int) -> Int {
      let isContainer = TapeWord(bits: words[place &+ 1]).isContainer
      return place &+ (isContainer ? 1 &+ Int(truncatingIfNeeded: words[place &+ 2] & 0xFFFF_FFFF) : 2)
    }

    /// With more room.
    @inline(never)
    fileprivate func grown() -> Output {
      var grown = self
      let block = Blocks.grow(words, capacity * 8, keeping: used * 8, to: (capacity + capacity / 2 + 32) * 8)
      grown.capacity = block.capacity / 8
      grown.words = block.base.bindMemory(to: UInt64.self, capacity: grown.capacity)
      return grown
    }
  }

  /// The number of words written.
  var used: Int { output.used }

  /// About the memory that is going to be made of what the text holds: any object may be a record, and a look is taken at the elements of
  /// the arrays in which reading pauses.
  var elementBytes: Int {
    (0..<pause.depth).reduce(objects * Self.bytesARecord) { sum, level in
      frames[level].isObject ? sum : sum + frames[level].count * Self.bytesAnElement
    }
  }

  /// What a look at an element takes, and what a record takes besides.
  package static let (bytesAnElement, bytesARecord) = (16, 96)

  /// A container that is still open.
  private struct Frame {
    var index: Int
    /// The number of things found so far that keep the text from being written as it is.
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
    /// The places of the first key and behind the last value; 0 if there is nothing to expect.
    var start = 0
    var end = 0
    /// The place of the key that is expected next in the open object; 0 if none is.
    var next = 0
  }

  private(set) var base: UnsafePointer<UInt8>
  private var end: Int
  private var output: Output
  private var frames: UnsafeMutablePointer<Frame>
  private var filters: UnsafeMutablePointer<KeyFilter>
  private var shapes: UnsafeMutablePointer<Shape>
  private var frameCapacity = 16
  /// The number of objects begun.
  private var objects = 0
  /// The place at which a failure was noticed.
  private(set) var failureOffset = 0

  /// Where reading continues, in a text that is not there as a whole yet: before a value, or before the key of one.
  private var pause = (place: 0, dirt: 0, depth: 0, isBeforeKey: false)

  init(_ bytes: JSONBytes) { self.init(bytes.base, count: bytes.count, expecting: bytes.count) }

  /// - Parameter expecting: the size that the text is going to have, as far as it is known.
  init(_ text: UnsafePointer<UInt8>, count: Int, expecting size: Int) {
    base = text
    end = count
    // Eight bytes of tape for eight bytes of text hold nearly every page; the memory is only touched as it is written.
    output = Output(bytes: size / 8 * 8 + 32 * 8)
    frames = .allocate(capacity: frameCapacity)
    filters = .allocate(capacity: frameCapacity)
    shapes = .allocate(capacity: frameCapacity)
    shapes.initialize(repeating: Shape(), count: frameCapacity)
  }

  deinit {
    Blocks.free(output.words, output.capacity * 8)
    frames.deallocate()
    filters.deallocate()
    shapes.deallocate()
  }

  /// The finished tape, a block of `capacity` bytes to be given back by the caller.
  consuming func finish() -> (words: UnsafeMutablePointer<UInt64>, count: Int, capacity: Int) {
    let result = (output.words, output.used, output.capacity * 8)
    frames.deallocate()
    filters.deallocate()
    shapes.deallocate()
    discard self
    return result
  }

  /// Reads the whole text. On failure ``failureOffset`` has the position.
  mutating func build() throws(Failure) { try build(from: 0, to: end) }

  /// Forgets the words from `count` on.
  mutating func truncate(to count: Int) {
    output.used = min(output.used, max(count, 0))
    shapes.update(repeating: Shape(), count: frameCapacity)
  }

  /// Reads the value that takes up a part of the text; the part is followed by a byte that no value can contain.
  mutating func build(from start: Int, to end: Int) throws(Failure) {
    guard end <= TapeWord.maximumText else { throw fail(.size, base) }
    pause = (start, 0, 0, false)
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
    var out = output
    defer { output = out }
    let base = base
    var at = base + pause.place
    var (dirt, depth, isBeforeKey) = (pause.dirt, pause.depth, pause.isBeforeKey)
    var level = max(depth &- 1, 0)
    let stop = base + stop
    if depth == 0 { at = TapeBuilder.skipBlanks(at, &dirt) }

    value: while true {
      if at >= stop {
        pause = (at - base, dirt, depth, isBeforeKey)
        return false
      }
      if out.used &+ 4 > out.capacity { out = out.grown() }
      if isBeforeKey {
        isBeforeKey = false
        guard at.pointee == UInt8(ascii: "\"") else { throw fail(.key, at) }
        at += 1
        if let length = expectedLength(at, level, out) {
          out.emit(TapeWord(.string, offset: at - base, length: length))
          at += length
        } else {
          let key = try scanKey(at, level, out)
          out.emit(key.word)
          dirt &+= key.dirt
          at = key.close
        }
        at += 1
        if at.pointee <= 0x20 { at = TapeBuilder.skipBlanks(at, &dirt) }
        guard at.pointee == UInt8(ascii: ":") else { throw fail(.colon, at) }
        at += 1
        if at.pointee <= 0x20 { at = TapeBuilder.skipBlanks(at, &dirt) }
      }
      let start = at
      switch at.pointee {
      case UInt8(ascii: "\""):
        let (close, flags) = try scanString(at + 1)
        if flags & TapeWord.rewritten != 0 { dirt &+= 1 }
        out.emit(TapeWord(.string, offset: start - base &+ 1, length: close - start &- 1, flags: flags))
        at = close + 1
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let isObject = at.pointee == UInt8(ascii: "{")
        if depth >= TapeBuilder.maximumDepth { throw fail(.depth, at) }
        if depth == frameCapacity { growFrames() }
        objects &+= isObject ? 1 : 0
        level = depth
        depth &+= 1
        (frames + level).initialize(to: Frame(index: out.used, dirt: dirt, count: 0, flags: 0, isObject: isObject))
        out.words[out.used] = UInt64(truncatingIfNeeded: start - base)
        out.used &+= 2
        at += 1
        if at.pointee <= 0x20 { at = TapeBuilder.skipBlanks(at, &dirt) }
        if isObject {
          filters[level].reset()
          shapes[level].next = shapes[level].start
          if at.pointee == UInt8(ascii: "}") { break }
          isBeforeKey = true
        } else if at.pointee == UInt8(ascii: "]") {
          break
        }
        continue value
      case UInt8(ascii: "n"):
        guard TapeBuilder.matches(at, "null") else { throw fail(.literal, at) }
        out.emit(TapeWord(.null, offset: start - base, length: 4))
        if depth > 0, frames[level].isObject { frames[level].flags |= TapeWord.nullMember }
        at += 4
      case UInt8(ascii: "t"):
        guard TapeBuilder.matches(at, "true") else { throw fail(.literal, at) }
        out.emit(TapeWord(.bool, offset: start - base, length: 4))
        at += 4
      case UInt8(ascii: "f"):
        guard TapeBuilder.matches(at, "fals"), at[4] == UInt8(ascii: "e") else { throw fail(.literal, at) }
        out.emit(TapeWord(.bool, offset: start - base, length: 5))
        at += 5
      default:
        let (end, word) = try scanNumber(at)
        if word.has(TapeWord.nonFinite) { dirt &+= 1 }
        out.emit(word)
        at = end
      }

      // Behind a value, or before the bracket that closes an empty container.
      while true {
        if depth == 0 { break value }
        if at.pointee <= 0x20 { at = TapeBuilder.skipBlanks(at, &dirt) }
        let byte = at.pointee
        let isObject = frames[level].isObject
        if byte == UInt8(ascii: ",") {
          frames[level].count &+= 1
          at += 1
          if at.pointee <= 0x20 { at = TapeBuilder.skipBlanks(at, &dirt) }
          if isObject {
            if at.pointee == UInt8(ascii: "}") { throw fail(.trailingComma, at) }
            isBeforeKey = true
          } else if at.pointee == UInt8(ascii: "]") {
            throw fail(.trailingComma, at)
          }
          continue value
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw fail(.comma(inObject: isObject), at)
        }
        at += 1
        close(level, at, &out, &dirt)
        depth &-= 1
        level = max(depth &- 1, 0)
      }
    }

    at = TapeBuilder.skipBlanks(at, &dirt)
    if at - base != end { throw fail(.trailing, at) }
    return true
  }

  // MARK: - Pieces

  /// Reads a key of which nothing is known: its word, the place of its closing quote, and what keeps it from being written as it
  /// is.
  @inline(never)
  private mutating func scanKey(
    _ start: UnsafePointer<UInt8>, _ level: Int, _ out: Output
  ) throws(Failure) -> (word: TapeWord, close: UnsafePointer<UInt8>, dirt: Int) {
    let (close, flags) = try scanString(start)
    let length = close - start
    var dirt = 0
    if frames[level].expected > 0 { refill(level, out) }
    if flags != 0 {
      frames[level].flags |= TapeWord.escapedKey
      if flags & TapeWord.rewritten != 0 { dirt = 1 }
    } else if filters[level].mayContain(start, length) {
      if repeats(start, length, level, out) {
        frames[level].flags |= TapeWord.duplicates
        dirt = 1
      }
    }
    return (TapeWord(.string, offset: start - base, length: length, flags: flags), close, dirt)
  }

  /// The length of the key at `start`, if it is the one that is expected.
  @inline(__always)
  private func expectedLength(_ start: UnsafePointer<UInt8>, _ level: Int, _ out: Output) -> Int? {
    let place = shapes[level].next
    if place == 0 { return nil }
    let word = TapeWord(bits: out.words[place])
    let length = word.length
    guard start - base &+ length < end, start[length] == UInt8(ascii: "\""),
      TapeBuilder.isSame(start, base + word.offset, length)
    else {
      shapes[level].next = 0
      return nil
    }
    frames[level].expected &+= 1
    let next = out.behindMember(place)
    shapes[level].next = next < shapes[level].end ? next : 0
    return length
  }

  @inline(__always)
  private static func isSame(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let difference = SWAR.load(left) ^ SWAR.load(right)
    if length < 8 { return difference & (1 << (8 &* UInt64(truncatingIfNeeded: length)) &- 1) == 0 }
    if difference != 0 { return false }
    if length > 16 { return memcmp(left, right, length) == 0 }
    return SWAR.load(left + (length &- 8)) == SWAR.load(right + (length &- 8))
  }

  /// Adds the keys of the open object to the filter, all of which were as expected.
  @inline(never)
  private mutating func refill(_ level: Int, _ out: Output) {
    frames[level].expected = 0
    var place = frames[level].index &+ 2
    while place < out.used {
      let word = TapeWord(bits: out.words[place])
      _ = filters[level].mayContain(base + word.offset, word.length)
      place = out.behindMember(place)
    }
  }

  /// Whether the members of the open object that the filter covers have this key; all of them are unescaped or irrelevant.
  @inline(never)
  private func repeats(_ start: UnsafePointer<UInt8>, _ length: Int, _ level: Int, _ out: Output) -> Bool {
    var index = frames[level].index &+ 2
    let header = TapeWord(.string, offset: 0, length: length).header
    while index < out.used {
      let word = TapeWord(bits: out.words[index])
      if word.header == header, memcmp(base + word.offset, start, length) == 0 { return true }
      index = out.behindMember(index)
    }
    return false
  }

  @inline(__always)
  private func close(_ level: Int, _ end: UnsafePointer<UInt8>, _ out: inout Output, _ dirt: inout Int) {
    let frame = frames[level]
    let index = frame.index
    let start = Int(truncatingIfNeeded: out.words[index])
    let count = out.used == index &+ 2 ? 0 : frame.count &+ 1
    var flags = frame.flags
    if frame.isObject, count > KeyFilter.limit || flags & TapeWord.escapedKey != 0, count > 1,
      flags & TapeWord.duplicates == 0, frame.expected < count,
      DuplicateKeys.exist(Tape(base: base, words: UnsafePointer(out.words)), from: index &+ 2, to: out.used, count: count)
    {
      flags |= TapeWord.duplicates
      dirt &+= 1
    }
    if frame.isObject {
      let isExpected = flags & (TapeWord.duplicates | TapeWord.escapedKey) == 0 && count > 0
      shapes[level].start = isExpected ? index &+ 2 : 0
      shapes[level].end = out.used
    }
    if dirt != frame.dirt { flags |= TapeWord.dirty }
    out.words[index] = TapeWord(frame.isObject ? .object : .array, offset: start, length: count, flags: flags).bits
    out.words[index &+ 1] =
      UInt64(truncatingIfNeeded: out.used &- index) | UInt64(truncatingIfNeeded: (end - base) &- start) << 32
  }

  @inline(__always)
  private static func matches(_ place: UnsafePointer<UInt8>, _ literal: StaticString) -> Bool {
    UnsafeRawPointer(place).loadUnaligned(as: UInt32.self)
      == UnsafeRawPointer(literal.utf8Start).loadUnaligned(as: UInt32.self)
  }

  /// Skips blanks, counting them as dirt where there are any.
  @inline(__always)
  private static func skipBlanks(_ place: UnsafePointer<UInt8>, _ dirt: inout Int) -> UnsafePointer<UInt8> {
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
