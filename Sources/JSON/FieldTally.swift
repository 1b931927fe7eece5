import OrderedCollections

/// Counts the fields that objects have, and the kinds of their values, at any depth.
///
/// Objects of the same form cost little: they are recognised as a whole (``FieldShape``). In others a member is first compared with the
/// one that followed last time, so that a field is found by its place, and nothing is hashed or allocated for it.
///
/// Unsafe inside: two blocks of memory that grow. Sound to share, since they belong to this value alone, which cannot be copied;
/// every place that is read or written is below ``count``, and they change only through mutating methods.
package struct FieldTally: ~Copyable, @unchecked Sendable {
  /// How many names of one object are told apart; one that has more is used as a map.
  package static let mostNames = 1_000
  /// How many fields are told apart in all.
  package static let mostFields = 20_000
  /// How deep fields are told apart.
  package static let mostLevels = 32
  /// How many names of a map are looked at to find one.
  private static let mapSteps = 32
  /// The kinds of values, and one for members that are not told apart.
  private static let slots = 8
  private static let others = 7

  private struct Node {
    /// The name, as ``JSONKey`` has it.
    var header: UInt64 = .max
    var first: UInt64 = 0
    var last: UInt64 = 0
    var length: Int32 = 0
    var firstMember: Int32 = -1
    var lastMember: Int32 = -1
    var members: Int32 = 0
    /// The member of the same object that was seen first after this one.
    var next: Int32 = -1
    /// What counts the elements, where this is a list.
    var elements: Int32 = -1
  }

  private var nodes: UnsafeMutablePointer<Node>
  private var counts: UnsafeMutablePointer<Int>
  private var capacity = 64
  private var count = 1
  private var names: [JSONKey?] = [nil]
  private var shapes = FieldShapes()

  package init() {
    nodes = .allocate(capacity: capacity)
    counts = .allocate(capacity: capacity * Self.slots)
    nodes.initialize(to: Node())
    counts.initialize(repeating: 0, count: capacity * Self.slots)
  }

  deinit {
    nodes.deallocate()
    counts.deallocate()
  }

  // MARK: Counting

  /// Counts a value of a document.
  package mutating func add(_ place: JSONPlace) {
    let (tape, index) = (place.tape, place.index)
    guard tape.word(index).kindBits == UInt64(JSONKind.object.rawValue) else { return add(tape, index, at: 0, 0) }
    if shapes.count(tape, index) { return }
    add(tape, index, at: 0, 0)
    if shapes.wantsAnother() { addShape(tape, index) }
  }

  /// Remembers the form of an object that was counted.
  @inline(never)
  private mutating func addShape(_ tape: Tape, _ index: Int) {
    let (nodes, names) = (nodes, names)
    let shape = FieldShape.make(
      of: tape, index, slots: Self.slots, mostLevels: Self.mostLevels,
      member: { key, node in
        let text = tape.text(key)
        var at = Int(nodes[node].firstMember)
        while at >= 0 {
          if nodes[at].header == tape.word(key).header, names[at]?.matches(text.baseAddress ?? tape.base) == true { return at }
          at = Int(nodes[at].next)
        }
        return nil
      },
      elements: { nodes[$0].elements >= 0 ? Int(nodes[$0].elements) : nil })
    if let shape { shapes.add(shape, counts) }
  }

  /// Counts an object of a document with changes to its members.
  package mutating func add(_ view: JSONView, patches: [JSONPatch]) {
    add(view, patches: patches, at: 0, 0)
  }

  /// Counts a value that was built in memory.
  package mutating func add(_ value: JSONValue) { add(value, at: 0, 0) }

  private mutating func add(_ view: JSONView, patches: [JSONPatch], at node: Int, _ depth: Int) {
    defer { withExtendedLifetime(view.document) {} }
    let tape = view.tape
    guard !patches.isEmpty, view.kind == .object else {
      return node == 0 ? add(view.place) : add(tape, view.index, at: node, depth)
    }
    counts[node &* Self.slots &+ Int(JSONKind.object.rawValue)] &+= 1
    guard depth < Self.mostLevels else { return }
    addUnchanged(tape, view.index, besides: patches, at: node, depth)
    for (place, patch) in patches.enumerated() where !patches[(place + 1)...].contains(where: { $0.key == patch.key }) {
      if patch.isRemoved { continue }
      let member = member(named: patch.key, of: node)
      guard member >= 0 else { continue }
      switch patch.change {
      case .removed: break
      case .value(let value): add(value, at: member, depth &+ 1)
      case .view(let view): add(view, patches: [], at: member, depth &+ 1)
      case .object(let view, let patches): add(view, patches: patches, at: member, depth &+ 1)
      }
    }
  }

  /// Counts the members of an object that have no patch.
  private mutating func addUnchanged(
    _ tape: Tape, _ index: Int, besides patches: [JSONPatch], at node: Int, _ depth: Int
  ) {
    let hasDuplicates = tape.word(index).has(TapeWord.duplicates)
    let distinct = hasDuplicates ? tape.distinctMembers(index) : []
    let end = hasDuplicates ? distinct.count : index &+ tape.span(index)
    var at = hasDuplicates ? 0 : index &+ 2
    var expected = Int(nodes[node].firstMember)
    while at < end {
      let (key, value) = hasDuplicates ? distinct[at] : (key: at, value: at &+ 1)
      at = hasDuplicates ? at &+ 1 : tape.next(value)
      if JSONPatch.isAny(of: patches, tape, key) { continue }
      let member = member(tape, key, of: node, expected)
      guard member >= 0 else { continue }
      expected = Int(nodes[member].next)
      add(tape, value, at: member, depth &+ 1)
    }
  }

  @inline(__always)
  private mutating func add(_ tape: Tape, _ index: Int, at node: Int, _ depth: Int) {
    let kind = Int(truncatingIfNeeded: tape.word(index).kindBits)
    counts[node &* Self.slots &+ kind] &+= 1
    if kind >= 5 { addParts(tape, index, at: node, depth) }
  }

  /// Counts what is in a list or in an object.
  private mutating func addParts(_ tape: Tape, _ index: Int, at node: Int, _ depth: Int) {
    guard depth < Self.mostLevels else { return }
    let container = tape.word(index)
    if container.kindBits == UInt64(JSONKind.array.rawValue) { return addElements(tape, index, at: node, depth) }
    if container.has(TapeWord.duplicates) { return addDistinct(tape, index, at: node, depth) }
    let end = index &+ tape.span(index)
    var at = index &+ 2
    var expected = Int(nodes[node].firstMember)
    while at < end {
      var found = expected
      let word = tape.word(at)
      if expected < 0 || word.header != nodes[expected].header || !matches(tape.base + word.offset, expected) {
        found = member(tape, at, of: node, expected)
        guard found >= 0 else {
          at = tape.next(at &+ 1)
          continue
        }
      }
      expected = Int(nodes[found].next)
      let kind = Int(truncatingIfNeeded: tape.word(at &+ 1).kindBits)
      counts[found &* Self.slots &+ kind] &+= 1
      if kind < 5 {
        at &+= 2
      } else {
        addParts(tape, at &+ 1, at: found, depth &+ 1)
        at = tape.next(at &+ 1)
      }
    }
  }

  private mutating func addElements(_ tape: Tape, _ index: Int, at node: Int, _ depth: Int) {
    let end = index &+ tape.span(index)
    var at = index &+ 2
    guard at < end else { return }
    let elements = elements(of: node)
    guard elements >= 0 else { return }
    while at < end {
      add(tape, at, at: elements, depth &+ 1)
      at = tape.next(at)
    }
  }

  /// An object that has a name twice: the last one counts.
  @inline(never)
  private mutating func addDistinct(_ tape: Tape, _ index: Int, at node: Int, _ depth: Int) {
    var expected = Int(nodes[node].firstMember)
    for (key, value) in tape.distinctMembers(index) {
      let member = member(tape, key, of: node, expected)
      guard member >= 0 else { continue }
      expected = Int(nodes[member].next)
      add(tape, value, at: member, depth &+ 1)
    }
  }

  private mutating func add(_ value: JSONValue, at node: Int, _ depth: Int) {
    counts[node &* Self.slots &+ Int(Self.kind(of: value).rawValue)] &+= 1
    guard depth < Self.mostLevels else { return }
    switch value {
    case .object(let members):
      for (name, inner) in members {
        let member = member(named: JSONKey(name), of: node)
        if member >= 0 { add(inner, at: member, depth &+ 1) }
      }
    case .array(let list) where !list.isEmpty:
      let place = elements(of: node)
      guard place >= 0 else { return }
      for element in list { add(element, at: place, depth &+ 1) }
    default: break
    }
  }

  private static func kind(of value: JSONValue) -> JSONKind {
    switch value {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .double: .double
    case .number(let digits): digits.utf8.allSatisfy { $0 == UInt8(ascii: "-") || 0x30...0x39 ~= $0 } ? .int : .double
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  // MARK: Finding

  /// Whether the bytes at `place`, known to be as many as the name's, are its name. Eight bytes behind the text are readable.
  @inline(__always)
  private func matches(_ place: UnsafePointer<UInt8>, _ node: Int) -> Bool {
    let length = Int(nodes[node].length)
    let raw = UnsafeRawPointer(place)
    let word = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
    if length < 8 { return word & (1 << (8 &* UInt64(truncatingIfNeeded: length)) &- 1) == nodes[node].first }
    if word != nodes[node].first { return false }
    if UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)) != nodes[node].last { return false }
    return length <= 16 || names[node]?.matches(place) == true
  }

  /// The member that a key of a document names; a new one, where there is none yet. Negative where it is not told apart.
  /// - Parameter expected: the member that is likely.
  @inline(never)
  private mutating func member(_ tape: Tape, _ key: Int, of node: Int, _ expected: Int) -> Int {
    let word = tape.word(key)
    if word.has(TapeWord.escaped) || word.length >= TapeWord.maximumLength {
      return member(named: JSONKey(tape.stringBytes(key)), of: node)
    }
    let text = tape.base + word.offset
    let isMap = nodes[node].members >= Self.mostNames
    // Behind the expected one first: fields are left out more often than they change their places.
    var at = expected
    var steps = isMap ? Self.mapSteps : Int.max
    var isBehind = true
    while steps > 0 {
      if at < 0 {
        guard isBehind else { break }
        isBehind = false
        at = Int(nodes[node].firstMember)
        if at < 0 { break }
      }
      if nodes[at].header == word.header, matches(text, at) { return at }
      at = Int(nodes[at].next)
      steps &-= 1
    }
    return isMap ? other(of: node) : new(JSONKey(tape.stringBytes(key)), of: node)
  }

  private mutating func member(named name: JSONKey, of node: Int) -> Int {
    var at = Int(nodes[node].firstMember)
    while at >= 0 {
      if names[at] == name { return at }
      at = Int(nodes[at].next)
    }
    return nodes[node].members >= Self.mostNames ? other(of: node) : new(name, of: node)
  }

  private mutating func other(of node: Int) -> Int {
    counts[node &* Self.slots &+ Self.others] &+= 1
    return -1
  }

  private mutating func new(_ name: JSONKey, of node: Int) -> Int {
    guard count < Self.mostFields else { return other(of: node) }
    var fresh = Node()
    let bytes = name.bytes
    fresh.header = name.header
    fresh.first = name.first
    fresh.length = Int32(clamping: bytes.count)
    if bytes.count >= 8 { fresh.last = bytes.suffix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    let place = append(fresh, name)
    if nodes[node].lastMember < 0 {
      nodes[node].firstMember = Int32(place)
    } else {
      nodes[Int(nodes[node].lastMember)].next = Int32(place)
    }
    nodes[node].lastMember = Int32(place)
    nodes[node].members += 1
    return place
  }

  private mutating func elements(of node: Int) -> Int {
    if nodes[node].elements >= 0 { return Int(nodes[node].elements) }
    guard count < Self.mostFields else { return other(of: node) }
    let place = append(Node(), nil)
    nodes[node].elements = Int32(place)
    return place
  }

  private mutating func append(_ node: Node, _ name: JSONKey?) -> Int {
    if count == capacity {
      let (oldNodes, oldCounts) = (nodes, counts)
      nodes = .allocate(capacity: capacity * 2)
      counts = .allocate(capacity: capacity * 2 * Self.slots)
      nodes.moveInitialize(from: oldNodes, count: count)
      counts.initialize(repeating: 0, count: capacity * 2 * Self.slots)
      counts.update(from: oldCounts, count: count * Self.slots)
      oldNodes.deallocate()
      oldCounts.deallocate()
      capacity *= 2
    }
    (nodes + count).initialize(to: node)
    names.append(name)
    count += 1
    return count - 1
  }

  // MARK: Result

  /// What was counted.
  package var fields: FieldCounts {
    mutating get {
      shapes.settle(counts)
      return fields(at: 0)
    }
  }

  private func fields(at node: Int) -> FieldCounts {
    var result = FieldCounts()
    for kind in 0..<Self.others { result.kinds[kind] = counts[node * Self.slots + kind] }
    result.others = counts[node * Self.slots + Self.others]
    var at = Int(nodes[node].firstMember)
    while at >= 0 {
      result.members.append((names[at]?.string ?? "", fields(at: at)))
      at = Int(nodes[at].next)
    }
    if nodes[node].elements >= 0 { result.elements = [fields(at: Int(nodes[node].elements))] }
    return result
  }
}

extension JSONPatch {
  /// Whether one of the patches is of the key at a place of a tape.
  fileprivate static func isAny(of patches: [JSONPatch], _ tape: Tape, _ key: Int) -> Bool {
    patches.withUnsafeBufferPointer { patches in
      for place in patches.indices {
        let isSame = patches[place].key.bytes.withUnsafeBufferPointer { tape.key(key, equals: $0) }
        if isSame { return true }
      }
      return false
    }
  }
}

/// The values of one field that a ``FieldTally`` counted, and those of the fields in it.
package struct FieldCounts: Sendable {
  /// How many values there are of each ``JSONKind``, by its number.
  package var kinds = [Int](repeating: 0, count: 7)
  /// How many members of the objects were not told apart, since there are too many names.
  package var others = 0
  /// The members of the objects, in the order in which they were first seen.
  package var members: [(name: String, counts: FieldCounts)] = []
  /// The elements of the lists: none or one.
  package var elements: [FieldCounts] = []

  package init() {}

  package subscript(kind: JSONKind) -> Int { kinds[Int(kind.rawValue)] }

  /// How many values there are.
  package var total: Int { kinds.reduce(0, +) }

  /// Adds what was counted elsewhere.
  package mutating func add(_ other: FieldCounts) {
    for kind in kinds.indices { kinds[kind] += other.kinds[kind] }
    others += other.others
    var places = ByName(members.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    for (name, counts) in other.members {
      if let place = places[name] {
        members[place].counts.add(counts)
      } else {
        places[name] = members.count
        members.append((name, counts))
      }
    }
    if let inner = other.elements.first {
      if elements.isEmpty { elements = [inner] } else { elements[0].add(inner) }
    }
  }
}
