import AirbyteProtocol
import Bytes
import Components
import ConnectorModel
import Essentials
import JSON
import JSONSchema
import Manifest
import YAML

/// Writes what a test read learnt of a stream's records into the schema that the manifest has for it. Comments and layout stay.
package struct SchemaWriter: Sendable {
  /// What became of the manifest.
  package struct Outcome: Sendable {
    /// The whole new text.
    package var bytes: [UInt8]
    /// The fields that were added, as paths with dots.
    package var added: [String]
    /// The fields that were left out, as no manifest can have keys of their names.
    package var omitted: [String] = []
    /// Where the records and the schema disagree, in a sentence each.
    package var differences: [String]
    /// Other streams that have the same schema by reference.
    package var sharedWith: [String]
    /// What the text was before.
    fileprivate var earlier: [UInt8]

    /// Puts the new text into the manifest's file.
    /// - Throws: ``ConnectorError`` if it cannot be written, or is not what was read any more.
    package func write(to path: String) throws(ConnectorError) {
      do {
        let present = try Descriptor(open(path, O_RDONLY | O_CLOEXEC))
        guard try present.bytes(at: 0, count: Int(present.status().st_size)) == earlier else {
          throw FileError.refused("it has changed since it was read")
        }
        let file = try AtomicFile(path: path, permissions: .kept)
        try file.write(bytes)
        try file.putInPlace()
      } catch {
        throw ConnectorError(.config, "The manifest \(path) cannot be written: \(error)")
      }
    }
  }

  private let stream: ManifestNode
  private let others: [ManifestNode]
  private let name: String

  /// - Parameters:
  ///   - stream: the stream as the resolved manifest has it.
  ///   - others: the manifest's other streams.
  package init(_ stream: ManifestNode, named name: String, among others: [ManifestNode]) {
    self.stream = stream
    self.name = name
    self.others = others.filter { $0.path != stream.path }
  }

  /// - Parameters:
  ///   - inferred: the schema of the records.
  ///   - declared: the schema that the stream has now, wherever it is.
  /// - Returns: the new text; nil if the schema has all fields already.
  /// - Throws: ``ConnectorError`` if the schema is elsewhere, or is written in a way that cannot be added to.
  package func outcome(adding inferred: JSONObject, to declared: JSONObject) throws(ConnectorError) -> Outcome? {
    var choice = SchemaChoice(inferred)
    switch try attempt(adding: choice.chosen, to: declared) {
    case .nothing: return try unchanged(without: choice.omitted)
    case .written(var outcome):
      outcome.omitted = choice.omitted
      return outcome
    case .garbled(let additions, let place):
      let several = refusal(
        "its schema is put together from several places of the manifest, so nothing can be added safely", at: place)
      // Either nothing can be added at all, or some fields are in the way.
      guard case .written = try attempt(adding: choice.probe, to: declared) else { throw several }
      choice.omit(try culprits(additions[...], of: additions, choice, declared))
      switch try attempt(adding: choice.chosen, to: declared) {
      case .nothing: return try unchanged(without: choice.omitted)
      case .garbled: throw several
      case .written(var outcome):
        outcome.omitted = choice.omitted
        return outcome
      }
    }
  }

  /// What came of writing some fields.
  private enum Attempt {
    case nothing
    case written(Outcome)
    /// The text that was written is read as something else.
    case garbled([SchemaMerge.Addition], at: ManifestNode?)
  }

  /// Nothing is new but what no manifest can have.
  private func unchanged(without omitted: [String]) throws(ConnectorError) -> Outcome? {
    guard !omitted.isEmpty, let file = stream.mark?.file else { return nil }
    return Outcome(bytes: file.bytes, added: [], omitted: omitted, differences: [], sharedWith: [], earlier: file.bytes)
  }

  /// The additions that are read as something else than what was written.
  private func culprits(
    _ part: ArraySlice<SchemaMerge.Addition>, of all: [SchemaMerge.Addition], _ choice: SchemaChoice, _ declared: JSONObject
  ) throws(ConnectorError) -> [SchemaMerge.Addition] {
    var alone = choice
    alone.omit(all.filter { !part.contains($0) })
    guard case .garbled = try attempt(adding: alone.chosen, to: declared) else { return [] }
    guard part.count > 1 else { return Array(part) }
    let middle = part.startIndex + part.count / 2
    return try culprits(part[..<middle], of: all, choice, declared) + culprits(part[middle...], of: all, choice, declared)
  }

  private func attempt(adding inferred: JSONObject, to declared: JSONObject) throws(ConnectorError) -> Attempt {
    guard !stream.path.hasPrefix("dynamic_streams") else {
      throw refusal("it is one of many that a template makes, and has no schema of its own in the manifest")
    }
    guard stream["type"]?.string != "StateDelegatingStream" else {
      throw refusal("it consists of two streams with a schema each, of which the state chooses one")
    }
    guard let file = stream.mark?.file else { throw refusal("the manifest is not in a file") }
    guard var lines = ManifestText(file) else { throw refusal("the manifest is not a text in UTF-8") }
    let loader = stream["schema_loader"]
    if let loader, !loader.isNull {
      try check(loader)
      let schema = loader["schema"]?.value.object ?? [:]
      let merge = SchemaMerge(inferred, into: schema.isEmpty ? Self.head(of: inferred) : schema)
      guard !merge.additions.isEmpty else { return .nothing }
      try write(merge, into: loader, isEmpty: schema.isEmpty, &lines)
      return checked(lines, file, merge, loader["schema"])
    }
    guard declared.isEmpty else {
      throw refusal("its schema is in a file beside the manifest: `schemas/\(name).json`")
    }
    let merge = SchemaMerge(inferred, into: Self.head(of: inferred))
    let whole: JSONObject = ["type": "InlineSchemaLoader", "schema": .object(merge.merged)]
    let entry: JSONObject = ["schema_loader": .object(whole)]
    if let key = stream["name"]?.keyMark, lines.isInBlockStyle(key) {
      lines.add(SchemaYAML.lines(entry, indent: key.column - 1), behind: lines.lastLine(of: key))
    } else if stream.mark.map({ lines.add(entry, inFlowAt: $0) }) != true {
      throw refusal("there is no place in the manifest's text to add a `schema_loader` to")
    }
    return checked(lines, file, merge, nil)
  }

  /// What a new schema begins with.
  private static func head(of inferred: JSONObject) -> JSONObject {
    var head: JSONObject = [
      "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": true,
    ]
    head["required"] = inferred["required"]
    return head
  }

  private func check(_ loader: ManifestNode) throws(ConnectorError) {
    guard loader.sequence == nil else { throw refusal("its schema is put together by several loaders", at: loader) }
    switch loader["type"]?.string {
    case InlineSchemaLoader.typeName?: break
    case JsonFileSchemaLoader.typeName?:
      let path = loader["file_path"]?.string ?? "schemas/\(name).json"
      throw refusal("its schema is in the file `\(path)`: add to it there", at: loader)
    case let type?: throw refusal("its schema is not in the manifest, but comes from a `\(type)`", at: loader)
    case nil: throw refusal("its schema loader has no type", at: loader)
    }
  }

  // MARK: The text

  private func write(
    _ merge: SchemaMerge, into loader: ManifestNode, isEmpty: Bool, _ lines: inout ManifestText
  ) throws(ConnectorError) {
    if isEmpty {
      guard add(["schema": .object(merge.merged)], to: loader, &lines) else { throw inseparable(loader) }
      return
    }
    // What is nested comes first, as its mapping may end with the same line.
    for (place, additions) in Dictionary(grouping: merge.additions, by: \.place).sorted(by: { $0.key.count > $1.key.count }) {
      var node = loader["schema"]
      for step in place.dropLast() { node = node?[step] }
      let fields = JSONObject(additions.map { ($0.name, $0.schema) }, uniquingKeysWith: { $1 })
      guard let node, add(["properties": .object(fields)], to: node, &lines) else { throw inseparable(node ?? loader) }
    }
  }

  /// Adds an entry whose value is a mapping, or adds to that mapping where the entry is there already.
  private func add(_ entry: JSONObject, to node: ManifestNode, _ lines: inout ManifestText) -> Bool {
    guard let (name, value) = entry.elements.first, let fields = value.object else { return false }
    if let present = node[name] {
      if present.count == 0, let key = present.keyMark,
        lines.replaceEmptyValue(of: key, by: SchemaYAML.lines(fields, indent: key.column + 1))
      {
        return true
      }
      if let mark = present.mark, lines.add(fields, inFlowAt: mark) { return true }
      if let last = present.entries?.last?.node.keyMark, lines.isInBlockStyle(last) {
        lines.add(SchemaYAML.lines(fields, indent: last.column - 1), behind: lines.lastLine(of: last))
        return true
      }
      return false
    }
    if let mark = node.mark, lines.add(entry, inFlowAt: mark) { return true }
    guard let last = node.entries?.last(where: { $0.node.keyMark != nil })?.node.keyMark, lines.isInBlockStyle(last) else {
      return false
    }
    lines.add(SchemaYAML.lines(entry, indent: last.column - 1), behind: lines.lastLine(of: last))
    return true
  }

  private func inseparable(_ node: ManifestNode) -> ConnectorError {
    refusal("nothing can be added to the place where its schema is written", at: node)
  }

  /// The new text, if a manifest that is read from it has the schema that it should have.
  private func checked(
    _ lines: ManifestText, _ file: SourceFile, _ merge: SchemaMerge, _ schema: ManifestNode?
  ) -> Attempt {
    let bytes = lines.changed
    let manifest = try? ManifestPipeline(validator: ManifestValidator()).run(.text(bytes, name: file.name))
    let node = manifest.flatMap { Self.node(at: stream.elements[...], in: $0.root) }
    guard let written = node?["schema_loader"]?["schema"]?.value, Self.isEqual(written, .object(merge.merged)) else {
      return .garbled(merge.additions, at: schema)
    }
    return .written(
      Outcome(
        bytes: bytes, added: merge.additions.map { $0.path.joined(separator: ".") }, differences: merge.differences,
        sharedWith: schema?.mark.map(sharers) ?? [], earlier: file.bytes))
  }

  /// The other streams whose schemas are written at the same place.
  private func sharers(of mark: SourceMark) -> [String] {
    others.filter { $0["schema_loader"]?["schema"]?.mark == mark }.compactMap { $0["name"]?.string }
  }

  private static func node(at path: ArraySlice<PathElement>, in node: ManifestNode) -> ManifestNode? {
    guard let step = path.first else { return node }
    let next: ManifestNode? =
      switch step {
      case .key(let key): node[key]
      case .index(let index): node[index]
      }
    return next.flatMap { Self.node(at: path.dropFirst(), in: $0) }
  }

  /// Whatever the order of keys.
  private static func isEqual(_ one: JSONValue, _ other: JSONValue) -> Bool {
    switch (one, other) {
    case (.object(let one), .object(let other)):
      one.count == other.count && one.allSatisfy { key, value in other[key].map { isEqual(value, $0) } ?? false }
    case (.array(let one), .array(let other)): one.count == other.count && zip(one, other).allSatisfy(isEqual)
    default: one == other
    }
  }

  private func refusal(_ reason: String, at node: ManifestNode? = nil) -> ConnectorError {
    let sentence = "The schema of the stream `\(name)` cannot be written: \(reason)"
    return node.map { ConnectorError(.config, sentence, at: $0) } ?? ConnectorError(.config, sentence)
  }
}
