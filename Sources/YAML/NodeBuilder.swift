import CLibYAML

/// Makes the nodes of a document from libyaml's events, without recursion.
struct NodeBuilder {
  private(set) var warnings: [YAMLWarning] = []

  private let limits: YAMLLimits
  private var frames: [Frame] = []
  private var anchors: [String: Anchor] = [:]
  private var root: YAMLNode?
  private var aliasedValues = 0
  private var values = 0

  /// A list or mapping that is still open.
  private struct Frame {
    let isMapping: Bool
    let tag: CollectionTag
    let anchor: String?
    let mark: SourceMark
    var items: [ComposedItem] = []
    var extent = Extent(weight: 1, height: 1)
  }

  private struct Anchor {
    let mark: SourceMark
    /// Nil while the collection that has the anchor is still open.
    var item: ComposedItem?
    var extent = Extent(weight: 1, height: 1)
  }

  /// How much a value holds with its aliases followed: values in all, and levels.
  private struct Extent {
    var weight: Int
    var height: Int

    mutating func add(_ other: Extent) {
      let (sum, overflow) = weight.addingReportingOverflow(other.weight)
      weight = overflow ? .max : sum
      height = max(height, other.height + 1)
    }
  }

  init(limits: YAMLLimits) { self.limits = limits }

  /// The root of the only document; nil if there is none.
  mutating func build(_ parser: borrowing EventParser) throws(YAMLError) -> YAMLNode? {
    var documents = 0
    while true {
      let isAtEnd = try parser.next { event throws(YAMLError) in
        switch event.type {
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return true
        case YAML_DOCUMENT_START_EVENT:
          documents += 1
          if documents > 1 {
            throw YAMLError("a second document begins here, where one is expected", at: parser.mark(event.start_mark))
          }
        default: try handle(event, parser)
        }
        return false
      }
      if isAtEnd { return root }
    }
  }

  private mutating func handle(_ event: borrowing yaml_event_t, _ parser: borrowing EventParser) throws(YAMLError) {
    let mark = parser.mark(event.start_mark)
    switch event.type {
    case YAML_ALIAS_EVENT, YAML_SCALAR_EVENT, YAML_SEQUENCE_START_EVENT, YAML_MAPPING_START_EVENT:
      values += 1
      guard values <= limits.maximumValues else {
        throw YAMLError("the file holds more than \(limits.maximumValues) values, which is the limit", at: mark)
      }
    default: break
    }
    switch event.type {
    case YAML_ALIAS_EVENT:
      try addAlias(Self.string(event.data.alias.anchor) ?? "", mark)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let item = try ComposedItem(
        scalar: UnsafeBufferPointer(start: scalar.value, count: scalar.length), tag: Self.tag(scalar.tag),
        isPlain: scalar.plain_implicit != 0, mark: mark)
      try declare(Self.string(scalar.anchor), mark, item)
      try add(item, Extent(weight: 1, height: 0))
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      try open(isMapping: false, Self.string(start.tag), Self.string(start.anchor), mark)
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      try open(isMapping: true, Self.string(start.tag), Self.string(start.anchor), mark)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      try close()
    default: break
    }
  }

  private mutating func open(isMapping: Bool, _ tag: String?, _ anchor: String?, _ mark: SourceMark) throws(YAMLError) {
    guard frames.count < limits.maximumDepth else {
      throw YAMLError("lists and mappings are nested more than \(limits.maximumDepth) levels deep", at: mark)
    }
    let kind = try CollectionTag(tag, isMapping: isMapping, mark)
    try declare(anchor, mark, nil)
    frames.append(Frame(isMapping: isMapping, tag: kind, anchor: anchor, mark: mark))
  }

  private mutating func close() throws(YAMLError) {
    guard let frame = frames.popLast() else { return }
    let content: YAMLNode.Content
    if frame.isMapping {
      let entries = try MappingBuilder.entries(of: frame.items, in: frame.mark, warnings: &warnings)
      content = frame.tag == .set ? .set(entries.map(\.key)) : .mapping(entries)
    } else {
      let items = try frame.items.map { item throws(YAMLError) in try item.value() }
      content = frame.tag == .pairs ? .pairs(try Self.pairs(items, in: frame.mark)) : .sequence(items)
    }
    let item = ComposedItem.node(YAMLNode(content, mark: frame.mark))
    if let anchor = frame.anchor { anchors[anchor] = Anchor(mark: frame.mark, item: item, extent: frame.extent) }
    try add(item, frame.extent)
  }

  /// Hands a finished value to the collection that it belongs to.
  private mutating func add(_ item: ComposedItem, _ extent: Extent) throws(YAMLError) {
    guard !frames.isEmpty else {
      root = try item.value()
      return
    }
    frames[frames.count - 1].items.append(item)
    frames[frames.count - 1].extent.add(extent)
  }

  private mutating func declare(_ anchor: String?, _ mark: SourceMark, _ item: ComposedItem?) throws(YAMLError) {
    guard let anchor else { return }
    if let first = anchors[anchor] {
      throw YAMLError(
        "the anchor '&\(quoting: anchor)' is defined twice", at: mark,
        related: .init(message: "first defined here", mark: first.mark))
    }
    anchors[anchor] = Anchor(mark: mark, item: item, extent: Extent(weight: 1, height: 0))
  }

  private mutating func addAlias(_ name: String, _ mark: SourceMark) throws(YAMLError) {
    guard let anchor = anchors[name] else {
      throw YAMLError("there is no anchor '&\(quoting: name)' before this alias", at: mark)
    }
    guard let item = anchor.item else {
      throw YAMLError(
        "the alias '*\(quoting: name)' is inside the value that it repeats", at: mark,
        related: .init(message: "the value begins here", mark: anchor.mark))
    }
    try add(item, anchor.extent)
    guard let frame = frames.last else { return }
    guard frame.extent.height + frames.count - 1 <= limits.maximumDepth else {
      throw YAMLError("aliases nest lists and mappings more than \(limits.maximumDepth) levels deep", at: mark)
    }
    let (sum, overflow) = aliasedValues.addingReportingOverflow(anchor.extent.weight)
    aliasedValues = overflow ? .max : sum
    guard aliasedValues <= limits.maximumAliasedValues else {
      throw YAMLError(
        "aliases repeat so much that more than \(limits.maximumAliasedValues) values result", at: mark,
        related: .init(message: "the repeated value", mark: anchor.mark))
    }
  }

  /// The pairs of an ordered map: each item is a mapping of one entry.
  private static func pairs(_ items: [YAMLNode], in mark: SourceMark) throws(YAMLError) -> [YAMLEntry] {
    try items.map { item throws(YAMLError) in
      guard case .mapping(let entries) = item.content, entries.count == 1 else {
        throw YAMLError("each item of an ordered map is a mapping of one key", at: item.mark)
      }
      return entries[0]
    }
  }

  private static func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(decodingCString: $0, as: UTF8.self) }
  }

  private static func tag(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    let tag = string(pointer)
    return tag == "!" ? nil : tag
  }
}

/// The tags that a list or a mapping can have.
enum CollectionTag {
  case plain, set, pairs

  init(_ tag: String?, isMapping: Bool, _ mark: SourceMark) throws(YAMLError) {
    let kind = isMapping ? "a mapping" : "a list"
    switch tag {
    case nil, "!": self = .plain
    case "tag:yaml.org,2002:map" where isMapping, "tag:yaml.org,2002:seq" where !isMapping: self = .plain
    case "tag:yaml.org,2002:set" where isMapping: self = .set
    case "tag:yaml.org,2002:omap" where !isMapping, "tag:yaml.org,2002:pairs" where !isMapping: self = .pairs
    case .some(let tag) where ScalarTag.isKnown(tag):
      throw YAMLError("\(kind) cannot have the tag \(quoting: ScalarTag.shown(tag))", at: mark)
    case .some(let tag): throw YAMLError("the tag \(quoting: ScalarTag.shown(tag)) is not known", at: mark)
    }
  }
}
