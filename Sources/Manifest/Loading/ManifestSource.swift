import Bytes
import Essentials
import JSON
import YAML

/// Where a manifest comes from.
package enum ManifestSource: Sendable {
  /// A YAML (or JSON) file.
  case file(path: String)
  /// YAML text that was read already, and the name that findings call it by: `<stdin>`.
  case text([UInt8], name: String)
  /// The manifest of a config's `__injected_declarative_manifest`; its findings have paths, but no lines.
  case injected(JSONValue)
}

extension ManifestSource {
  /// Whether the manifest is the file at a path, by whatever name.
  package func isFile(at path: String) -> Bool {
    guard case .file(let own) = self else { return false }
    return URL(fileURLWithPath: own).resolvingSymlinksInPath() == URL(fileURLWithPath: path).resolvingSymlinksInPath()
  }
}

/// Reads manifests into values.
package enum ManifestLoader {
  package static func load(_ source: ManifestSource, warnings: inout [Diagnostic]) throws(ManifestError) -> ManifestValue {
    switch source {
    case .injected(let json):
      guard case .object = json else {
        throw ManifestError(
          Diagnostic(
            .error, rule: "shape",
            "the injected manifest should be a mapping, found \(ManifestValue(json: json).kindName)"))
      }
      return ManifestValue(json: json)
    case .file(let path): return try parse(read(path), name: path, warnings: &warnings)
    case .text(let bytes, let name): return try parse(bytes, name: name, warnings: &warnings)
    }
  }

  private static func parse(
    _ bytes: [UInt8], name: String, warnings: inout [Diagnostic]
  ) throws(ManifestError) -> ManifestValue {
    let document: YAMLDocument
    do { document = try YAMLDocument(parsing: bytes, file: name) } catch { throw ManifestError(Diagnostic(error)) }
    warnings += document.warnings.map { Diagnostic($0) }
    switch document.root.content {
    case .mapping: return try YAMLConversion.value(document.root)
    case .null: throw ManifestError(Diagnostic(.error, rule: "shape", "the manifest is empty", at: document.root.mark))
    default:
      throw ManifestError(
        Diagnostic(
          .error, rule: "shape", "a manifest is a mapping, found \(document.root.kindName)", at: document.root.mark))
    }
  }

  private static func read(_ path: String) throws(ManifestError) -> [UInt8] {
    func failure(_ sentence: String, _ detail: String? = nil) -> ManifestError {
      ManifestError(Diagnostic(.error, rule: "file", "\(sentence): \(path)", detail: detail))
    }
    guard let isFolder = FileManager.default.isFolder(atPath: path) else {
      throw failure("there is no manifest at this path")
    }
    guard !isFolder else { throw failure("there is no manifest.yaml in this folder") }
    do {
      // One byte more than is allowed, so that the parser refuses what is longer without all of it being read.
      return try Descriptor(file: path).read(upTo: YAMLLimits().maximumBytes + 1)
    } catch {
      throw failure("the manifest cannot be read", "\(error)")
    }
  }
}

/// YAML nodes as values of a manifest.
package enum YAMLConversion {
  package static func value(_ node: YAMLNode) throws(ManifestError) -> ManifestValue {
    let content: ManifestValue.Content
    switch node.content {
    case .null: content = .null
    case .bool(let flag): content = .bool(flag)
    case .int(let number): content = .int(number)
    case .bigInt(let digits): content = .number(digits)
    case .double(let number): content = .double(number)
    case .string(let text): content = .string(text)
    case .timestamp(let timestamp): content = .timestamp(timestamp)
    case .sequence(let nodes):
      content = .sequence(try nodes.map { node throws(ManifestError) in try value(node) })
    case .mapping(let entries):
      content = .mapping(
        ManifestMapping(
          try entries.map { entry throws(ManifestError) in
            let (key, isText) = key(entry.key)
            return ManifestEntry(key: key, keyMark: entry.key.mark, isText: isText, value: try value(entry.value))
          }))
    case .binary, .set, .pairs:
      throw ManifestError(
        Diagnostic(.error, rule: "shape", "\(node.kindName) is not allowed in a manifest", at: node.mark))
    }
    return ManifestValue(content, mark: node.mark)
  }

  /// A key as Python's `json.dumps` writes it, and whether it was text.
  private static func key(_ node: YAMLNode) -> (String, Bool) {
    switch node.content {
    case .string(let text): (text, true)
    case .null: ("null", false)
    case .bool(let flag): (flag ? "true" : "false", false)
    case .int(let number): (String(number), false)
    case .bigInt(let digits): (digits, false)
    case .double(let number): (PythonJSONWriter().string(.double(number)), false)
    case .timestamp(let timestamp): (timestamp.isoText, false)
    case .binary, .sequence, .mapping, .set, .pairs: ("", false)
    }
  }
}
