import AirbyteProtocol
import Manifest
import YAML

/// What a project says of how its manifests are validated: the file `.airbyte-lowcode.yaml`.
///
/// ```yaml
/// profile: default
/// rules: {unused-definition: warning, insecure-url: error, unmarked-secret: off}
/// paths: {ignore: ["examples/**"]}
/// ```
package struct ValidationSettings: Sendable {
  package static let fileName = ".airbyte-lowcode.yaml"

  /// Nil if the file does not say.
  package private(set) var profile: Profile?
  package private(set) var levels: [String: RuleLevel] = [:]
  private var ignored: [PathPattern] = []
  /// The folder of the file, from the root of the file system.
  private let folder: [String]
  /// The path of the file.
  package let path: String

  /// - Parameters:
  ///   - path: the file's path, by which errors call it.
  ///   - folder: the folder that its patterns begin at, from the root of the file system.
  /// - Throws: ``SettingsError`` with everything that is wrong in it.
  package init(parsing bytes: [UInt8], path: String, folder: String) throws(SettingsError) {
    self.path = path
    self.folder = Self.names(folder)
    let document: YAMLDocument
    do {
      document = try YAMLDocument(parsing: bytes, file: path)
    } catch {
      throw SettingsError([Diagnostic(.error, rule: "yaml", error.message, at: error.mark, failureType: .config)])
    }
    var reader = SettingsReader()
    for (key, value) in reader.members(of: document.root, "the file", ["profile", "rules", "paths"]) {
      switch key {
      case "profile": profile = reader.profile(value)
      case "rules": levels = reader.levels(value)
      default: ignored = reader.patterns(value)
      }
    }
    guard reader.errors.isEmpty else { throw SettingsError(reader.errors) }
  }

  /// Whether the file says that a path, from the root of the file system, is not to be checked.
  package func ignores(_ path: String) -> Bool {
    let names = Self.names(path)
    guard names.starts(with: folder) else { return false }
    let rest = Array(names.dropFirst(folder.count))
    return ignored.contains { $0.matches(rest) }
  }

  private static func names(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }
}

/// What is wrong with a file of settings, each with its place and with what helps.
package struct SettingsError: FileFindings {
  package let diagnostics: [Diagnostic]

  init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}

/// Reads the values of a file of settings, and keeps what is wrong with them.
private struct SettingsReader {
  private(set) var errors: [Diagnostic] = []

  private mutating func fail(_ message: String, at node: YAMLNode, remedy: Remedy?) {
    errors.append(Diagnostic(.error, rule: "settings", message, at: node.mark, failureType: .config, remedy: remedy))
  }

  /// The members of a mapping that has no other keys than `keys`. What is empty has none.
  mutating func members(of node: YAMLNode, _ what: String, _ keys: [String]) -> [(String, YAMLNode)] {
    if case .null = node.content { return [] }
    guard case .mapping(let entries) = node.content else {
      let list = keys.map { "`\($0)`" }.joined(separator: ", ")
      fail("\(what) should be a mapping, found \(node.kindName)", at: node, remedy: keys.isEmpty ? nil : "its keys are \(list)")
      return []
    }
    return entries.compactMap { entry in
      guard case .string(let key) = entry.key.content, keys.isEmpty || keys.contains(key) else {
        let text = if case .string(let key) = entry.key.content { key } else { "" }
        let near = NameSuggestion.nearest(to: text, among: keys)
        fail(
          "\(what) has no `\(text)`", at: entry.key,
          remedy: near.map(Remedy.name) ?? "its keys are \(keys.map { "`\($0)`" }.joined(separator: ", "))")
        return nil
      }
      return (key, entry.value)
    }
  }

  mutating func profile(_ node: YAMLNode) -> Profile? {
    if case .string(let text) = node.content, let profile = Profile(rawValue: text) { return profile }
    let given = if case .string(let text) = node.content { "`\(text)`" } else { node.kindName }
    fail("there is no profile \(given)", at: node, remedy: "use `all`, `default` or `strict`")
    return nil
  }

  mutating func levels(_ node: YAMLNode) -> [String: RuleLevel] {
    guard case .mapping = node.content else {
      if case .null = node.content { return [:] }
      fail(
        "`rules` should be a mapping, found \(node.kindName)", at: node,
        remedy: "write `rule: off`, `warning` or `error` for each")
      return [:]
    }
    var levels: [String: RuleLevel] = [:]
    guard case .mapping(let entries) = node.content else { return [:] }
    for entry in entries {
      guard case .string(let name) = entry.key.content, RuleCatalog.silenceable.contains(name) else {
        let text = if case .string(let name) = entry.key.content { name } else { "" }
        if RuleCatalog.summary(of: text) != nil {
          fail("`\(text)` is an error, which cannot be turned off", at: entry.key, remedy: "remove it")
        } else {
          let near = NameSuggestion.nearest(to: text, among: RuleCatalog.silenceable)
          fail(
            "there is no rule `\(text)`", at: entry.key,
            remedy: near.map(Remedy.name) ?? "`airbyte-lowcode explain` lists them")
        }
        continue
      }
      if let level = level(entry.value) { levels[name] = level }
    }
    return levels
  }

  /// `off` is `false` to YAML.
  private mutating func level(_ node: YAMLNode) -> RuleLevel? {
    switch node.content {
    case .bool(false): return .off
    case .string(let text):
      if let level = RuleLevel(rawValue: text) { return level }
      fail("there is no level `\(text)`", at: node, remedy: "use `off`, `warning` or `error`")
    default: fail("a rule's level should be a text, found \(node.kindName)", at: node, remedy: "use `off`, `warning` or `error`")
    }
    return nil
  }

  mutating func patterns(_ node: YAMLNode) -> [PathPattern] {
    var patterns: [PathPattern] = []
    for (_, value) in members(of: node, "`paths`", ["ignore"]) {
      guard case .sequence(let elements) = value.content else {
        fail(
          "`ignore` should be a list of paths, found \(value.kindName)", at: value, remedy: "write `ignore: [\"examples/**\"]`")
        continue
      }
      for element in elements {
        guard case .string(let text) = element.content else {
          fail("a path should be a text, found \(element.kindName)", at: element, remedy: "put it in quotes")
          continue
        }
        guard !text.hasPrefix("/"), !text.split(separator: "/").contains("..") else {
          fail(
            "the path `\(text)` leads out of this file's folder", at: element,
            remedy: "write it from this folder, as in `examples/**`")
          continue
        }
        patterns.append(PathPattern(text))
      }
    }
    return patterns
  }
}
