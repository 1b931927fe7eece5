import Authoring
import Engine
import JSON
import Manifest
import Validation

/// What is said of a place of a manifest.
struct Hoverer {
  private let reading: SchemaReading
  private var outline: Outline { reading.outline }

  /// What is said where the manifest is of another kind; nil for a declarative one.
  private let source: SourceReading?

  init(_ outline: Outline, kinds: SourceKinds = SourceKinds()) {
    reading = SchemaReading(outline: outline)
    source = SourceReading(outline, kinds)
  }

  /// The text, and the bytes that it is about; nil where there is nothing to say.
  func text(at offset: Int) -> (markdown: String, range: Range<Int>)? {
    guard let spot = outline.spot(at: offset) else { return nil }
    if let source { return source.text(spot.node, isKey: spot.isKey) }
    if spot.isKey { return key(spot.node) }
    if let found = template(spot.node, at: offset) { return found }
    return value(spot.node)
  }

  private func key(_ node: Int) -> (String, Range<Int>)? {
    guard let (key, range) = outline.key(of: node), let owner = outline.nodes[node].parent else { return nil }
    switch key {
    case "$ref":
      return ("**$ref**\n\nPuts in what is elsewhere in the manifest. Keys beside it win over those that it brings.", range)
    case "$parameters":
      return (
        "**$parameters**\n\nValues for templates and properties of this component and of those in it; inner ones win.", range
      )
    default: break
    }
    guard !reading.isData(owner), let component = reading.component(owner)?.name,
      let text = HoverText.property(key, of: component)
    else { return nil }
    return (text, range)
  }

  private func value(_ node: Int) -> (String, Range<Int>)? {
    guard let text = outline.string(node) else { return nil }
    let range = outline.nodes[node].range
    if text.hasPrefix("#/"), let target = outline.target(of: text) { return (excerpt(target, text), range) }
    if outline.key(of: node)?.text == "type", let owner = outline.nodes[node].parent, !reading.isData(owner) {
      return HoverText.component(text).map { ($0, range) }
    }
    guard let property = reading.property(node), property.schema["enum"] != nil || outline.key(of: node) == nil else {
      return nil
    }
    return HoverText.property(property.key, of: property.owner).map { ($0, range) }
  }

  /// What a reference brings, as it is written.
  private func excerpt(_ node: Int, _ reference: String) -> String {
    let extent = outline.extent(of: node)
    let lineStart = outline.bytes[..<extent.lowerBound].lastIndex { $0 == 0x0A }.map { $0 + 1 } ?? 0
    let indent = extent.lowerBound - lineStart
    let lines = String(decoding: outline.bytes[extent], as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let shown = lines.prefix(Self.longestExcerpt).enumerated().map { number, line in
      number > 0 && line.prefix(indent).allSatisfy { $0 == " " } ? String(line.dropFirst(indent)) : String(line)
    }
    let rest = lines.count > shown.count ? "\n# …" : ""
    return "`\(reference)`\n\n```yaml\n\(shown.joined(separator: "\n"))\(rest)\n```"
  }

  private static let longestExcerpt = 20

  // MARK: Templates

  private func template(_ node: Int, at offset: Int) -> (String, Range<Int>)? {
    guard let word = TemplateWord(at: offset, of: node, in: outline) else { return nil }
    switch word.kind {
    case .member(let path):
      let member = TemplateVocabulary(of: node, in: reading).members(of: path).first { $0.name == word.text }
      guard let member else { return nil }
      var parts = ["**\(word.text)** of `\(path.joined(separator: "."))`", member.detail]
      if let place = member.node, let description = outline.string("description", of: place) { parts.append(description) }
      return (parts.filter { !$0.isEmpty }.joined(separator: "\n\n"), word.range)
    case .name, .filter, .test, .tag: return HoverText.template(word.text).map { ($0, word.range) }
    }
  }
}

/// A name in a template.
struct TemplateWord {
  let text: String
  let kind: TemplateCompletion.Kind
  /// The bytes of the name.
  let range: Range<Int>

  /// Nil where no name is, or in no template.
  init?(at offset: Int, of node: Int, in outline: Outline) {
    let value = outline.nodes[node]
    guard outline.isScalar(node), value.range.contains(offset) || value.range.upperBound == offset else { return nil }
    let bytes = outline.bytes
    func isWord(_ place: Int) -> Bool {
      guard value.range.contains(place) else { return false }
      let byte = bytes[place]
      return byte == UInt8(ascii: "_") || byte >= 0x80 || Unicode.Scalar(byte).properties.isAlphabetic
        || (0x30...0x39).contains(byte)
    }
    var (start, end) = (offset, offset)
    while isWord(start - 1) { start -= 1 }
    while isWord(end) { end += 1 }
    guard start < end else { return nil }
    let isQuoted = value.kind == .single || value.kind == .double
    let before = bytes[(value.range.lowerBound + (isQuoted ? 1 : 0))..<end]
    let written =
      isQuoted ? Outline.decoded(before, quote: bytes[value.range.lowerBound]) : String(decoding: before, as: UTF8.self)
    guard let place = TemplateCompletion(written) else { return nil }
    text = String(decoding: bytes[start..<end], as: UTF8.self)
    guard place.prefix == text else { return nil }
    kind = place.kind
    range = start..<end
  }
}
