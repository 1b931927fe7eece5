import YAML

/// What a connector's `metadata.yaml` says about its image.
package struct ConnectorMetadata: Sendable, Equatable {
  /// The image's repository, as in `airbyte/source-name`.
  package let repository: String
  /// The connector's version.
  package let tag: String

  /// - Parameter name: what the file is called in errors.
  /// - Throws: ``PackagingError`` if the YAML is not valid, or lacks one of the two.
  package init(parsing bytes: [UInt8], file name: String) throws(PackagingError) {
    let document: YAMLDocument
    do { document = try YAMLDocument(parsing: bytes, file: name) } catch {
      throw PackagingError("\(error.mark): error: \(error.message)")
    }
    guard let data = document.root["data"] else {
      throw PackagingError(
        "\(document.root.mark): error: the metadata needs `data`, with `dockerRepository` and `dockerImageTag`")
    }
    repository = try Self.text("dockerRepository", in: data, as: Self.isRepository, such: "airbyte/source-name")
    tag = try Self.text("dockerImageTag", in: data, as: Self.isTag, such: "1.2.3")
  }

  private static func text(
    _ key: String, in data: YAMLNode, as isFitting: (String) -> Bool, such example: String
  ) throws(PackagingError) -> String {
    guard let node = data[key] else { throw PackagingError("\(data.mark): error: `data` needs `\(key)`, such as \(example)") }
    guard case .string(let text) = node.content, isFitting(text) else {
      throw PackagingError("\(node.mark): error: `\(key)` should be a text such as \(example) (data.\(key))")
    }
    return text
  }

  /// The rule of the registries: lower-case letters and digits, with single separators between them, after a host perhaps.
  package static func isRepository(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      guard let first = part.utf8.first, let last = part.utf8.last, isPlain(first), isPlain(last) else { return false }
      return part.utf8.allSatisfy { isPlain($0) || ".-_:".utf8.contains($0) }
    }
  }

  /// The rule of the registries for tags.
  package static func isTag(_ text: String) -> Bool {
    guard let first = text.utf8.first, !".-".utf8.contains(first), text.utf8.count <= 128 else { return false }
    return text.utf8.allSatisfy { isPlain($0) || (65...90).contains($0) || ".-_".utf8.contains($0) }
  }

  private static func isPlain(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
}

extension YAMLNode {
  /// The value of a key, where this is a mapping that has it.
  fileprivate subscript(key: String) -> YAMLNode? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { if case .string(key) = $0.key.content { true } else { false } }?.value
  }
}
