import Foundation
import JSON
import YAML

/// A file `FEATURE/RULE.yaml` of `Tests/Conformance`: a rule, and its variants.
struct RuleFile {
  /// What may stand in a file, and in a variant.
  private static let keys: Set = [
    "about", "commands", "fails", "partitions", "moving_clock", "uncounted", "failure_type", "alone", "manifest", "patch",
    "components", "config", "catalog", "state", "api", "files",
  ]

  /// "feature/rule".
  let name: String
  private let url: URL

  /// Every file.
  static func all() throws -> [RuleFile] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Conformance")
    return try FileManager.default.subpathsOfDirectory(atPath: root.path)
      .filter { $0.hasSuffix(".yaml") }
      .map { RuleFile(name: String($0.dropLast(".yaml".count)), url: root.appending(path: $0)) }
  }

  /// The cases of the file.
  func cases() throws -> [ConformanceCase] {
    let document = try YAMLDocument(parsing: Array(try Data(contentsOf: url)), file: "\(name).yaml")
    var content = try JSONValue(document.root).object ?? [:]
    let recorded = content.removeValue(forKey: "recorded")?.object ?? [:]
    let parts = name.split(separator: "/")
    let variants = content.removeValue(forKey: "variants")?.object ?? [String(parts[1]): [:]]
    return try variants.map { variant, own in
      let content = content.merging(own.object ?? [:]) { $1 }
      if let key = content.keys.first(where: { !Self.keys.contains($0) }) { throw CaseError("\(name): there is no key \(key)") }
      return try ConformanceCase(name: "\(parts[0])/\(variant)", content: content, recorded: recorded[variant]?.object ?? [:])
    }
  }
}

extension JSONValue {
  /// A value of a YAML document.
  /// - Throws: ``CaseError`` for one that JSON has not.
  fileprivate init(_ node: YAMLNode) throws {
    switch node.content {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .bigInt(let digits): self = .number(digits)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .sequence(let nodes): self = .array(try nodes.map(JSONValue.init))
    case .mapping(let entries):
      var object = JSONObject()
      for entry in entries {
        guard case .string(let key) = entry.key.content else { throw CaseError("\(entry.key.mark): a key that is no text") }
        object[key] = try JSONValue(entry.value)
      }
      self = .object(object)
    case .timestamp, .binary, .set, .pairs: throw CaseError("\(node.mark): \(node.kindName)")
    }
  }
}
