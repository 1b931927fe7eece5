import Authoring
import JSON
import JSONSchema
import Manifest
import Validation

/// What can be written at a place of a manifest.
///
/// The place is found in the outline of the text with a mark in it, so that a line on which nothing stands yet has a place as well. What
/// is elsewhere in the manifest comes from the same outline.
struct Completer {
  private let text: DocumentText
  private let offset: Int
  private let reading: SchemaReading
  private var outline: Outline { reading.outline }
  /// What was read last without an error, for what the text has lost while it is being written.
  private let settled: Outline?

  /// A character that no manifest has.
  private static let mark = "\u{F8FF}"

  init(_ text: DocumentText, at offset: Int, settled: Outline?) {
    self.text = text
    self.offset = offset
    self.settled = settled
    var bytes = text.bytes
    bytes.insert(contentsOf: Self.mark.utf8, at: offset)
    reading = SchemaReading(outline: Outline(bytes))
  }

  /// One thing that can be written.
  struct Item: Equatable {
    enum Kind: Int {
      case function = 3
      case variable = 6
      case type = 7
      case property = 10
      case value = 12
      case keyword = 14
      case reference = 18
    }

    var label: String
    var kind: Kind
    var detail = ""
    var documentation: String?
    /// What is written; nil for the label.
    var newText: String?
    /// Items of a lower rank come first.
    var rank = 1
  }

  /// The items, and the bytes of the text that they replace.
  func items() -> (items: [Item], range: Range<Int>) {
    let none: ([Item], Range<Int>) = ([], offset..<offset)
    guard let spot = outline.spot(at: offset + Self.mark.utf8.count), isMarked(spot) else { return none }
    if spot.isKey { return keys(at: spot.node) }
    return values(at: spot.node)
  }

  private func isMarked(_ spot: Outline.Spot) -> Bool {
    let range = spot.isKey ? outline.key(of: spot.node)?.range : outline.nodes[spot.node].range
    return range.map { $0.lowerBound <= offset && offset + Self.mark.utf8.count <= $0.upperBound } ?? false
  }

  // MARK: Keys

  private func keys(at node: Int) -> (items: [Item], range: Range<Int>) {
    guard case .key(_, let range, let hasColon) = outline.nodes[node].place, let owner = outline.nodes[node].parent else {
      return ([], offset..<offset)
    }
    let isQuoted = [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(outline.bytes[range.lowerBound])
    let start = range.lowerBound + (isQuoted ? 1 : 0)
    let end = hasColon ? range.upperBound - Self.mark.utf8.count - (isQuoted ? 1 : 0) : offset
    let present = Set(outline.members(of: owner).filter { $0 != node }.compactMap { outline.key(of: $0)?.text })
    let items = keys(of: owner, besides: present, suffix: hasColon || isQuoted ? "" : ": ")
    return (items, start..<max(end, offset))
  }

  /// The keys that a mapping may have.
  private func keys(of owner: Int, besides present: Set<String>, suffix: String) -> [Item] {
    if reading.isData(owner) { return [] }
    var items: [Item] = []
    func add(_ key: String, _ type: String?, _ schema: JSONValue, isRequired: Bool) {
      guard !present.contains(key), !items.contains(where: { $0.label == key }) else { return }
      let isDeprecated = schema["deprecated"]?.bool == true
      items.append(
        Item(
          label: key, kind: .property,
          detail: (isDeprecated ? "deprecated, " : "") + SchemaWords.kind(of: schema) + (isRequired ? ", required" : ""),
          documentation: schema["description"]?.string, newText: key + suffix, rank: isDeprecated ? 3 : isRequired ? 0 : 1))
    }
    let known = reading.component(owner).map { [$0] } ?? reading.choices(owner).filter { $0.properties != nil }
    // Where the component is open, its type decides.
    let isOpen = known.count != 1
    for choice in known {
      let required = Set(choice.schema["required"]?.array?.compactMap(\.string) ?? [])
      for (key, schema) in choice.properties ?? [:] where !isOpen || key == "type" || isShared(key, by: known) {
        add(key, choice.name, schema, isRequired: required.contains(key) && !isOpen || key == "type" && isOpen)
      }
    }
    let isComponent = known.contains { $0.properties?["type"] != nil }
    if known.isEmpty, owner != outline.root, !hasValues(owner) {
      items.append(Item(label: "type", kind: .property, detail: "the component", newText: "type" + suffix, rank: 0))
    }
    for (key, detail) in [
      ("$ref", "what is elsewhere in the manifest"), ("$parameters", "values for this component and those in it"),
    ]
    where !present.contains(key) && (isComponent && owner != outline.root || known.isEmpty) && !hasValues(owner) {
      items.append(Item(label: key, kind: .property, detail: detail, newText: key + suffix, rank: 2))
    }
    return items
  }

  /// Whether a mapping has keys of any name, as request parameters do.
  private func hasValues(_ node: Int) -> Bool {
    reading.property(node) != nil && !reading.choices(node).contains { $0.properties != nil }
  }

  private func isShared(_ key: String, by choices: [SchemaReading.Choice]) -> Bool {
    choices.count { $0.properties?[key] != nil } * 2 > choices.count && !key.hasPrefix("$")
  }

  // MARK: Values

  private func values(at node: Int) -> (items: [Item], range: Range<Int>) {
    let value = outline.nodes[node]
    let isQuoted = value.kind == .single || value.kind == .double
    let quote: UInt8? = isQuoted ? outline.bytes[value.range.lowerBound] : nil
    let start = value.range.lowerBound + (isQuoted ? 1 : 0)
    let before = outline.bytes[start..<max(start, offset)]
    let written = quote.map { Outline.decoded(before, quote: $0) } ?? String(decoding: before, as: UTF8.self)
    if written.contains("{{") || written.contains("{%") {
      return template(node, written)
    }
    // A word alone below a key may become a key.
    if value.kind == .plain, value.parent != nil, isOnOwnLine(node) {
      let items = newKeys(at: node)
      if !items.isEmpty { return (items, start..<offset) }
    }
    let end = isQuoted ? offset : max(offset, value.range.upperBound - Self.mark.utf8.count)
    let found = choices(at: node).map { item -> Item in
      var item = item
      // A number sign begins a comment, and a star an alias.
      if !isQuoted, Self.needsQuotes(item.newText ?? item.label) { item.newText = "'\(item.newText ?? item.label)'" }
      return item
    }
    return (found, start..<end)
  }

  private static func needsQuotes(_ text: String) -> Bool {
    text.first.map { "#{[&*!|>%@`'\"".contains($0) } ?? true || text.contains(": ") || text.contains(" #")
  }

  private func isOnOwnLine(_ node: Int) -> Bool {
    let start = outline.nodes[node].range.lowerBound
    let line = outline.bytes[..<start].lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? 0
    return outline.bytes[line..<start].allSatisfy { $0 == 0x20 || $0 == UInt8(ascii: "-") } && !outline.nodes[node].isFlow
  }

  /// The keys that a mapping could begin with that is not there yet.
  private func newKeys(at node: Int) -> [Item] {
    guard reading.choices(node).contains(where: { $0.properties != nil }) else { return [] }
    return keys(of: node, besides: [], suffix: ": ")
  }

  /// What a value may be.
  private func choices(at node: Int) -> [Item] {
    let key = outline.key(of: node)?.text
    let owner = outline.nodes[node].parent
    switch key {
    case "type"?: return types(of: owner)
    case "$ref"?: return references(to: owner)
    default: break
    }
    if reading.isData(node) { return [] }
    var items: [Item] = []
    for choice in reading.choices(node) {
      for value in choice.schema["enum"]?.array ?? [] {
        items.append(Item(label: value.string ?? value.jsonText, kind: .value))
      }
      if choice.schema["type"]?.string == "boolean" { items += ["true", "false"].map { Item(label: $0, kind: .keyword) } }
      for value in choice.schema["examples"]?.array ?? [] where choice.schema["enum"] == nil {
        if let text = value.string, !text.contains("{{"), !text.isEmpty {
          items.append(Item(label: text, kind: .value, detail: "example", rank: 2))
        }
      }
    }
    if let property = reading.property(node) {
      items += names(for: property.key, of: property.owner, at: node)
      for value in property.schema["examples"]?.array ?? [] where key != nil {
        if let text = value.string, !text.contains("{{"), !items.contains(where: { $0.label == text }) {
          items.append(Item(label: text, kind: .value, detail: "example", rank: 2))
        }
      }
      if property.schema["default"]?.string != nil || property.schema["default"]?.int != nil,
        let value = property.schema["default"]
      {
        items.append(Item(label: value.string ?? value.jsonText, kind: .value, detail: "default"))
      }
    }
    return items.reduce(into: []) { unique, item in
      if !unique.contains(where: { $0.label == item.label }) { unique.append(item) }
    }
  }

  /// Names of streams and of fields, which other places of the manifest have.
  private func names(for property: String, of owner: String, at node: Int) -> [Item] {
    switch property {
    case "stream_names", "stream_name": return streamNames.map { Item(label: $0, kind: .reference, detail: "stream", rank: 0) }
    case "primary_key", "cursor_field", "parent_key":
      return TemplateVocabulary(of: node, in: reading).fields.map {
        Item(label: $0.name, kind: .reference, detail: $0.detail, rank: 0)
      }
    default: return []
    }
  }

  private var streamNames: [String] {
    ManifestOutline(outline).streams.map(\.name) + (settledNames { ManifestOutline($0).streams.map(\.name) })
  }

  /// Names that the text had when it was read last, and has no more.
  private func settledNames(_ names: (Outline) -> [String]) -> [String] {
    guard let settled else { return [] }
    let present = Set(names(outline))
    return names(settled).filter { !present.contains($0) }
  }

  private func types(of owner: Int?) -> [Item] {
    guard let owner else { return [] }
    if reading.isData(owner) { return [] }
    let fitting = reading.choices(owner).filter { $0.properties?["type"] != nil }
    let choices =
      fitting.isEmpty
      ? ComponentSchema.definitionNames.compactMap(SchemaReading.definition).filter { $0.properties?["type"] != nil } : fitting
    return choices.flatMap { choice in
      let names = choice.properties?["type"]?["enum"]?.array?.compactMap(\.string) ?? [choice.name].compactMap { $0 }
      return names.map { Item(label: $0, kind: .type, documentation: choice.schema["description"]?.string) }
    }
  }

  /// The references that there are, those first that bring what the place may be.
  private func references(to owner: Int?) -> [Item] {
    let fitting = Set(owner.map { reading.choices($0).compactMap(\.name) } ?? [])
    let around = Set(outline.ancestors(of: owner))
    var items = ManifestOutline(outline).definitions.filter { !around.contains($0.node) }.map { definition -> Item in
      let type = reading.component(definition.node)?.name ?? ""
      return Item(
        label: definition.reference, kind: .reference, detail: type, rank: fitting.contains(type) || fitting.isEmpty ? 0 : 2)
    }
    items += settledNames { ManifestOutline($0).definitions.map(\.reference) }.map { Item(label: $0, kind: .reference, rank: 3) }
    return items
  }

  // MARK: Templates

  private func template(_ node: Int, _ written: String) -> (items: [Item], range: Range<Int>) {
    let vocabulary = TemplateVocabulary(of: node, in: reading)
    guard vocabulary.isTemplatePlace, let place = TemplateCompletion(written) else { return ([], offset..<offset) }
    var names = vocabulary.names(for: place.kind)
    if case .member(let path) = place.kind, names.isEmpty, let settled { names = Self.names(of: path, in: settled) }
    let items = names.map { name -> Item in
      let isFunction = ["macro", "filter", "test"].contains(name.detail)
      return Item(
        label: name.name, kind: isFunction ? .function : name.detail == "tag" ? .keyword : .variable, detail: name.detail,
        documentation: isFunction || name.detail == "variable" ? HoverText.template(name.name) : nil,
        rank: name.detail == "variable" ? 0 : 1)
    }
    return (items, offset - place.prefix.utf8.count..<offset)
  }

  /// The keys of the config, by the manifest as it was read last.
  private static func names(of path: [String], in settled: Outline) -> [TemplateVocabulary.Name] {
    TemplateVocabulary(of: settled.root, in: SchemaReading(outline: settled)).members(of: path)
  }
}
