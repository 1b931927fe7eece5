extension JSONWriter {
  /// Appends a record's data: an object without its own null members (those of nested objects stay), as the reference writes it.
  ///
  /// A value that is not an object is written as it is.
  package mutating func write(record view: JSONView) {
    withExtendedLifetime(view.document) {
      let word = view.word
      if word.kind == .object, word.has(TapeWord.nullMember) {
        write(object: view.tape, view.index, patches: UnsafeBufferPointer(start: nil, count: 0), keepsNulls: false)
      } else {
        write(view.tape, view.index)
      }
    }
  }

  /// Appends a record's data with changes: a patched key is replaced in its place, a new one goes to the end, a removed one is
  /// left out; so are null members. A later patch of the same key takes the place of an earlier one.
  ///
  /// A value that is not an object is written as it is.
  package mutating func write(record view: JSONView, patches: [JSONPatch]) {
    guard !patches.isEmpty, view.kind == .object else { return write(record: view) }
    write(object: view, patches: patches, keepsNulls: false)
  }

  /// Appends an object of a document with changes, null members included.
  package mutating func write(whole view: JSONView, patches: [JSONPatch]) {
    guard patches.isEmpty || view.kind != .object else { return write(object: view, patches: patches, keepsNulls: true) }
    withExtendedLifetime(view.document) { write(view.tape, view.index) }
  }

  private mutating func write(object view: JSONView, patches: [JSONPatch], keepsNulls: Bool) {
    withExtendedLifetime(view.document) {
      patches.withUnsafeBufferPointer { write(object: view.tape, view.index, patches: $0, keepsNulls: keepsNulls) }
    }
  }

  /// Appends a record's data built in memory: an object without its own null members.
  package mutating func write(record value: JSONValue) {
    guard case .object(let members) = value else { return write(value) }
    write(object: members, omittingNulls: true)
  }

  private typealias Patches = UnsafeBufferPointer<JSONPatch>

  /// - Parameter keepsNulls: as nested objects do; a record's own nulls are left out.
  private mutating func write(object tape: Tape, _ index: Int, patches: Patches, keepsNulls: Bool) {
    // The patches that met their key; beyond 64 the record's keys are asked instead.
    var met: UInt64 = 0
    let object = tape.word(index)
    buffer.append(UInt8(ascii: "{"))
    let empty = buffer.count
    if object.has(TapeWord.dirty) {
      tape.forEachMember(index) { key, value in
        if let place = JSONWriter.last(patches, tape, key) {
          if place < 64 { met |= 1 << UInt64(place) }
          write(patches, place, after: empty, keepsNulls)
        } else if keepsNulls || tape.word(value).kind != .null {
          if buffer.count != empty { buffer.append(UInt8(ascii: ",")) }
          write(stringOf: tape, key)
          buffer.append(UInt8(ascii: ":"))
          write(tape, value)
        }
      }
    } else {
      writeRuns(tape, index, patches, empty, &met, keepsNulls)
    }
    for place in patches.indices where !JSONWriter.isSuperseded(patches, place) {
      let isMet = place < 64 ? met & 1 << UInt64(place) != 0 : tape.find(patches[place].key, in: index) != nil
      if !isMet { write(patches, place, after: empty, keepsNulls) }
    }
    buffer.append(UInt8(ascii: "}"))
  }

  /// Copies the unchanged members of an object in written form, neighbours at once with the commas between them.
  @inline(__always)
  private mutating func writeRuns(
    _ tape: Tape, _ index: Int, _ patches: Patches, _ empty: Int, _ met: inout UInt64, _ keepsNulls: Bool
  ) {
    let end = index &+ tape.span(index)
    let textEnd = tape.word(index).offset &+ tape.text(index).count
    // By length: whether a patched key has it. Most keys are known by that not to be patched.
    var lengths: UInt64 = 0
    for place in patches.indices { lengths |= 1 << (patches[place].key.header & 63) }
    var run = -1
    var at = index &+ 2
    while at < end {
      let next = tape.next(at &+ 1)
      // A key's quote is before its offset; so is the comma before a member that is not the first.
      let start = tape.word(at).offset &- 1
      let mayBePatched = lengths & 1 << (tape.word(at).header & 63) != 0
      let place = mayBePatched ? JSONWriter.last(patches, tape, at) : nil
      if place == nil, keepsNulls || tape.word(at &+ 1).kindBits != UInt64(JSONKind.null.rawValue) {
        if run < 0 { run = start }
      } else {
        if run >= 0 { copy(tape, run, start &- 1, after: empty) }
        run = -1
        if let place {
          if place < 64 { met |= 1 << UInt64(place) }
          write(patches, place, after: empty, keepsNulls)
        }
      }
      at = next
    }
    if run >= 0 { copy(tape, run, textEnd &- 1, after: empty) }
  }

  @inline(__always)
  private mutating func copy(_ tape: Tape, _ start: Int, _ end: Int, after empty: Int) {
    if buffer.count != empty { buffer.append(UInt8(ascii: ",")) }
    buffer.append(tape.base + start, end &- start)
  }

  /// The patch is named by its place, as taking it out would copy it.
  private mutating func write(_ patches: Patches, _ place: Int, after empty: Int, _ keepsNulls: Bool) {
    if keepsNulls ? patches[place].isRemoved : patches[place].isNull { return }
    if buffer.count != empty { buffer.append(UInt8(ascii: ",")) }
    write(raw: patches[place].key.encoded)
    switch patches[place].change {
    case .removed: break
    case .value(let value): write(value)
    case .view(let view): write(view)
    case .object(let view, let patches): write(object: view, patches: patches, keepsNulls: true)
    }
  }

  /// The place of the last patch of the key at `index`.
  @inline(__always)
  private static func last(_ patches: Patches, _ tape: Tape, _ index: Int) -> Int? {
    let word = tape.word(index)
    var place = patches.count &- 1
    while place >= 0 {
      let isEqual =
        word.has(TapeWord.escaped)
        ? patches[place].key.bytes.withUnsafeBufferPointer { tape.key(index, equals: $0) }
        : patches[place].key.header == word.header && patches[place].key.matches(tape.base + word.offset)
      if isEqual { return place }
      place &-= 1
    }
    return nil
  }

  private static func isSuperseded(_ patches: Patches, _ place: Int) -> Bool {
    var other = patches.count - 1
    while other > place {
      if patches[other].key.header == patches[place].key.header, patches[other].key == patches[place].key { return true }
      other -= 1
    }
    return false
  }
}
