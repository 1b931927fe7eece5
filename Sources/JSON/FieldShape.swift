/// A form that objects have: the same fields in the same order with values of the same kinds, at any depth.
///
/// An object is compared with it word for word, in loops without a branch, and counts by one step instead of one for each of its
/// values.
///
/// Unsafe inside: blocks of memory that belong to this value alone and never change, except ``hits``.
struct FieldShape: ~Copyable {
  /// Larger objects have no shape.
  private static let mostWords = 2_048

  /// What the words of a tape have to be: equal to `word` where `mask` has ones.
  private struct Expected {
    var word: UInt64
    var mask: UInt64
  }

  /// What eight bytes of a key's text have to be.
  private struct Text {
    /// The word of the key, from the beginning of the object.
    var word: Int32
    /// From the beginning of the key.
    var offset: Int32
    var bytes: UInt64
    var mask: UInt64
  }

  private let words: UnsafeMutableBufferPointer<UInt64>
  private let masks: UnsafeMutableBufferPointer<UInt64>
  private let texts: UnsafeMutableBufferPointer<Text>
  /// The counters that an object adds one to; some of them several times.
  let counters: [Int32]
  /// How many objects had this form.
  var hits = 0

  /// The form of an object of which all fields are known; nil if it is not one that others are going to have.
  /// - Parameters:
  ///   - member: the node of a key of the tape, below a node; nil for one that is not told apart.
  ///   - elements: the node of the elements below a node.
  ///   - slots: how many counters a node has.
  static func make(
    of tape: Tape, _ index: Int, slots: Int, mostLevels: Int, member: @escaping (_ key: Int, _ node: Int) -> Int?,
    elements: @escaping (Int) -> Int?
  ) -> FieldShape? {
    guard tape.span(index) <= mostWords else { return nil }
    var form = Form(first: index, slots: slots, mostLevels: mostLevels, member: member, elements: elements)
    return form.add(tape, index, at: 0, 0) ? FieldShape(form) : nil
  }

  private init(_ form: Form) {
    words = .allocate(capacity: form.expected.count)
    masks = .allocate(capacity: form.expected.count)
    texts = .allocate(capacity: form.texts.count)
    _ = words.initialize(from: form.expected.map(\.word))
    _ = masks.initialize(from: form.expected.map(\.mask))
    _ = texts.initialize(from: form.texts)
    counters = form.counters
  }

  deinit {
    words.deallocate()
    masks.deallocate()
    texts.deallocate()
  }

  /// Whether the object at `index` has this form.
  @inline(__always)
  func matches(_ tape: Tape, _ index: Int) -> Bool {
    let count = words.count
    guard tape.span(index) == count, let words = words.baseAddress, let masks = masks.baseAddress else { return false }
    let found = tape.words + index
    var difference: UInt64 = 0
    var place = 0
    while place < count {
      difference |= (found[place] ^ words[place]) & masks[place]
      place &+= 1
    }
    guard difference == 0, let texts = texts.baseAddress else { return difference == 0 }
    let base = UnsafeRawPointer(tape.base)
    place = 0
    while place < self.texts.count {
      let text = texts[place]
      let start = base + Int(truncatingIfNeeded: found[Int(text.word)] & 0xFFFF_FFFF) + Int(text.offset)
      difference |= (UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)) ^ text.bytes) & text.mask
      place &+= 1
    }
    return difference == 0
  }

  /// The words of an object, as they are collected.
  private struct Form {
    let first: Int
    let slots: Int
    let mostLevels: Int
    let member: (_ key: Int, _ node: Int) -> Int?
    let elements: (Int) -> Int?
    var expected: [Expected] = []
    var texts: [Text] = []
    var counters: [Int32] = []

    init(
      first: Int, slots: Int, mostLevels: Int, member: @escaping (Int, Int) -> Int?, elements: @escaping (Int) -> Int?
    ) {
      self.first = first
      self.slots = slots
      self.mostLevels = mostLevels
      self.member = member
      self.elements = elements
    }

    /// Adds a value.
    /// - Returns: false if something about it cannot be seen from its words.
    mutating func add(_ tape: Tape, _ index: Int, at node: Int, _ depth: Int) -> Bool {
      let word = tape.word(index)
      counters.append(Int32(node * slots + Int(word.kindBits)))
      guard word.isContainer else {
        expected.append(Expected(word: word.bits, mask: Self.kind))
        return true
      }
      guard depth < mostLevels, word.length < TapeWord.maximumLength,
        word.bits & (TapeWord.duplicates | TapeWord.escapedKey) == 0 || word.kind == .array
      else { return false }
      let flags = word.kind == .object ? TapeWord.duplicates | TapeWord.escapedKey : 0
      expected.append(Expected(word: word.bits, mask: Self.kind | Self.length | flags))
      expected.append(Expected(word: tape.words[index + 1], mask: 0xFFFF_FFFF))
      return word.kind == .object ? addMembers(tape, index, at: node, depth) : addElements(tape, index, at: node, depth)
    }

    private mutating func addMembers(_ tape: Tape, _ index: Int, at node: Int, _ depth: Int) -> Bool {
      let end = index + tape.span(index)
      var at = index + 2
      while at < end {
        let word = tape.word(at)
        guard word.length < TapeWord.maximumLength, let member = member(at, node) else { return false }
        expected.append(Expected(word: word.bits, mask: 0xFFFF_FFFF << 32))
        addText(UnsafeRawPointer(tape.base + word.offset), word.length, of: at - first)
        guard add(tape, at + 1, at: member, depth + 1) else { return false }
        at = tape.next(at + 1)
      }
      return true
    }

    private mutating func addElements(_ tape: Tape, _ index: Int, at node: Int, _ depth: Int) -> Bool {
      let end = index + tape.span(index)
      var at = index + 2
      guard at < end else { return true }
      guard let place = elements(node) else { return false }
      while at < end {
        guard add(tape, at, at: place, depth + 1) else { return false }
        at = tape.next(at)
      }
      return true
    }

    /// Eight bytes behind the text of a document are readable.
    private mutating func addText(_ start: UnsafeRawPointer, _ length: Int, of word: Int) {
      var offset = 0
      while offset < length {
        // The last eight bytes may overlap those before them.
        let place = length >= 8 ? min(offset, length - 8) : 0
        let mask: UInt64 = length >= 8 ? .max : 1 << (8 * UInt64(length)) - 1
        let bytes = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        texts.append(Text(word: Int32(word), offset: Int32(place), bytes: bytes, mask: mask))
        offset += 8
      }
    }

    private static let kind: UInt64 = 0xF << 56
    private static let length: UInt64 = 0xFF_FFFF << 32
  }
}
