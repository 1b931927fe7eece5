/// A line that is being edited, and what keys do with it: no terminal has a part in it.
struct LineBuffer {
  private(set) var characters: [Character] = []
  /// How many characters are before the cursor.
  private(set) var cursor = 0
  /// The lines that were entered before, the oldest first.
  private var history: [String]
  /// The line of the history that is shown; its count for the new one.
  private var shown: Int
  /// The new line, while one of the history is shown.
  private var draft: [Character] = []
  /// What was cut last.
  private var cut: [Character] = []

  init(history: [String] = []) {
    self.history = history
    shown = history.count
  }

  var text: String { String(characters) }
  var beforeCursor: String { String(characters[..<cursor]) }

  mutating func insert(_ text: some Sequence<Character>) {
    let added = Array(text)
    characters.insert(contentsOf: added, at: cursor)
    cursor += added.count
  }

  /// Does what a key says; what ends a line, or needs more than the line, is not its business.
  mutating func apply(_ key: Key) {
    switch key {
    case .character(let character): insert([character])
    case .left: cursor = max(cursor - 1, 0)
    case .right: cursor = min(cursor + 1, characters.count)
    case .wordLeft: cursor = startOfWord
    case .wordRight: cursor = endOfWord
    case .home: cursor = 0
    case .end: cursor = characters.count
    case .backspace: if cursor > 0 { remove(cursor - 1..<cursor) }
    case .delete: if cursor < characters.count { remove(cursor..<cursor + 1) }
    case .cutToEnd: cut(cursor..<characters.count)
    case .cutToStart: cut(0..<cursor)
    case .cutWord: cut(startOfWord..<cursor)
    case .paste: insert(cut)
    case .up: show(shown - 1)
    case .down: show(shown + 1)
    case .enter, .tab, .interrupt, .endOfInput, .clear, .unknown: break
    }
  }

  private mutating func remove(_ range: Range<Int>) {
    characters.removeSubrange(range)
    cursor = range.lowerBound
  }

  private mutating func cut(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    cut = Array(characters[range])
    remove(range)
  }

  private mutating func show(_ place: Int) {
    guard (0...history.count).contains(place) else { return }
    if shown == history.count { draft = characters }
    shown = place
    characters = place == history.count ? draft : Array(history[place])
    cursor = characters.count
  }

  private var startOfWord: Int {
    var place = cursor
    while place > 0, !Self.isWord(characters[place - 1]) { place -= 1 }
    while place > 0, Self.isWord(characters[place - 1]) { place -= 1 }
    return place
  }

  private var endOfWord: Int {
    var place = cursor
    while place < characters.count, !Self.isWord(characters[place]) { place += 1 }
    while place < characters.count, Self.isWord(characters[place]) { place += 1 }
    return place
  }

  private static func isWord(_ character: Character) -> Bool { character == "_" || character.isLetter || character.isNumber }
}

/// What a key means to a line.
enum Key: Equatable {
  case character(Character)
  case left, right, wordLeft, wordRight, home, end, up, down
  case backspace, delete, cutToEnd, cutToStart, cutWord, paste
  case enter, tab, interrupt, endOfInput, clear, unknown
}

/// Makes keys of the bytes that a terminal sends.
struct KeyDecoder {
  /// The bytes of a key that is not whole.
  private var pending: [UInt8] = []

  /// The key that a byte completes; nil if more has to come.
  mutating func key(endingWith byte: UInt8) -> Key? {
    pending.append(byte)
    guard let key = Self.key(pending) else { return nil }
    pending = []
    return key
  }

  private static func key(_ bytes: [UInt8]) -> Key? {
    guard let first = bytes.first else { return nil }
    if first == 0x1B { return escaped(bytes.dropFirst()) }
    if first >= 0xC0 {
      let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
      guard bytes.count == count else { return nil }
      return String(validating: bytes, as: UTF8.self)?.first.map { .character($0) } ?? .unknown
    }
    switch first {
    case 0x01: return .home
    case 0x02: return .left
    case 0x03: return .interrupt
    case 0x04: return .endOfInput
    case 0x05: return .end
    case 0x06: return .right
    case 0x08, 0x7F: return .backspace
    case 0x09: return .tab
    case 0x0A, 0x0D: return .enter
    case 0x0B: return .cutToEnd
    case 0x0C: return .clear
    case 0x0E: return .down
    case 0x10: return .up
    case 0x15: return .cutToStart
    case 0x17: return .cutWord
    case 0x19: return .paste
    case 0x20..<0x7F: return .character(Character(Unicode.Scalar(first)))
    default: return .unknown
    }
  }

  /// What follows an escape: `[A`, `OH`, `[3~`, `[1;5C`, `b`.
  private static func escaped(_ bytes: ArraySlice<UInt8>) -> Key? {
    guard let first = bytes.first else { return nil }
    switch first {
    case UInt8(ascii: "b"): return .wordLeft
    case UInt8(ascii: "f"): return .wordRight
    case 0x7F: return .cutWord
    case UInt8(ascii: "["), UInt8(ascii: "O"): break
    default: return .unknown
    }
    guard bytes.count > 1, let last = bytes.last else { return nil }
    guard (0x40...0x7E).contains(last) else { return bytes.count > 16 ? .unknown : nil }
    let parameters = String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
    let isByWord = parameters.hasSuffix(";5") || parameters.hasSuffix(";3")
    switch (Character(Unicode.Scalar(last)), parameters) {
    case ("A", _): return .up
    case ("B", _): return .down
    case ("C", _): return isByWord ? .wordRight : .right
    case ("D", _): return isByWord ? .wordLeft : .left
    case ("H", _), ("~", "1"), ("~", "7"): return .home
    case ("F", _), ("~", "4"), ("~", "8"): return .end
    case ("~", "3"): return .delete
    default: return .unknown
    }
  }
}
