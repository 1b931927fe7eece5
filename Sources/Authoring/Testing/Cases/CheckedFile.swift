import AirbyteProtocol
import JSON
import JSONSchema
import Manifest
import YAML

/// A file of tests that was checked against its schema.
struct CheckedFile: Sendable {
  let root: ManifestNode

  /// - Throws: ``ManifestError`` with the places of everything that is wrong.
  init(path: String, bytes: [UInt8]) throws {
    let document: YAMLDocument
    do { document = try YAMLDocument(parsing: bytes, file: path) } catch { throw ManifestError(Diagnostic(error)) }
    let value = try YAMLConversion.value(document.root).withTextOfTimes
    root = ManifestNode(value)
    let errors = try JSONSchema(sound: TestFileSchema.document).validate(value.json)
    guard errors.isEmpty, document.warnings.isEmpty else {
      throw ManifestError(
        document.warnings.map { warning in
          var finding = Diagnostic(warning)
          finding.severity = .error
          return finding
        } + errors.flatMap(Self.meant).map(diagnostic))
    }
  }

  /// The errors of the alternative that was meant; the error itself where that cannot be told.
  private static func meant(_ error: ValidationError) -> [ValidationError] {
    guard error.keyword == "anyOf" else { return [error] }
    let place = error.schemaPath.count
    var alternatives: [PathElement: [ValidationError]] = [:]
    for inner in error.context where inner.schemaPath.count > place {
      alternatives[inner.schemaPath[place], default: []].append(inner)
    }
    let fitting = alternatives.values.filter { inner in
      !inner.contains { $0.instancePath == error.instancePath && ($0.keyword == "type" || $0.keyword == "const") }
    }
    return fitting.count == 1 ? fitting[0].flatMap(meant) : [error]
  }

  private func diagnostic(_ error: ValidationError) -> Diagnostic {
    let node = error.instancePath.reduce(root) { node, element in
      switch element {
      case .key(let key): node[key] ?? node
      case .index(let index): node[index] ?? node
      }
    }
    let name = node.path.isEmpty ? "A file of tests" : "`\(node.shownPath)`"
    let known = error.keywordValue == .bool(false) ? Self.known(error) : []
    if let key = error.unknownKeys.first, let stranger = node[key] {
      var finding = Diagnostic(
        .error, rule: "tests", "\(name) has no property `\(key)`", at: stranger.keyMark ?? stranger.mark, path: node.path,
        failureType: .config)
      finding.remedy = NameSuggestion.nearest(to: key, among: known).map(Remedy.name)
      return finding
    }
    return Diagnostic(
      .error, rule: "tests", "\(name): \(error.discreetMessage)", at: node.mark, path: "",
      failureType: .config)
  }

  /// The properties that the place of an unknown one has.
  private static func known(_ error: ValidationError) -> [String] {
    guard let schema = schema(at: Array(error.schemaPath.dropLast()), in: TestFileSchema.document) else { return [] }
    return schema["properties"]?.object.map { Array($0.keys) } ?? []
  }

  private static func schema(at path: [PathElement], in document: JSONValue) -> JSONValue? {
    var schema = document
    func followed(_ value: JSONValue) -> JSONValue {
      guard let name = value["$ref"]?.string?.split(separator: "/").last else { return value }
      return document["definitions"]?[String(name)] ?? value
    }
    for element in path {
      schema = followed(schema)
      switch element {
      case .key(let key):
        guard let next = schema[key] else { return nil }
        schema = next
      case .index(let index):
        guard let next = schema[index] else { return nil }
        schema = next
      }
    }
    return followed(schema)
  }
}

extension ManifestValue {
  /// The same value with the text of dates and times that are not in quotes, as it was written.
  fileprivate var withTextOfTimes: ManifestValue {
    switch content {
    case .timestamp(let timestamp): ManifestValue(.string(timestamp.text), mark: mark)
    case .sequence(let elements): ManifestValue(.sequence(elements.map(\.withTextOfTimes)), mark: mark)
    case .mapping(let mapping):
      ManifestValue(.mapping(ManifestMapping(mapping.entries.map { $0.with($0.value.withTextOfTimes) })), mark: mark)
    case .null, .bool, .int, .double, .number, .string: self
    }
  }
}
