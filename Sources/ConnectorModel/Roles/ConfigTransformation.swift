import JSON
import Jinja

/// Changes the user's config before anything uses it.
public protocol ConfigTransformation: Sendable {
  /// - Throws: ``ConnectorError`` if a template cannot be evaluated, or a value cannot be set.
  func transform(_ config: inout ConfigDraft) async throws
  /// Whether it may be tried with another config, to find out what it makes of secrets: not where it does something besides.
  var canBeTried: Bool { get }
}

extension ConfigTransformation {
  public var canBeTried: Bool { true }
}

/// A config while it is changed.
public struct ConfigDraft: Sendable {
  private let original: JSONObject
  private let templates: TemplateRuntime
  /// The config as it is now.
  public package(set) var values: JSONObject
  /// The top-level keys whose whole value was set.
  private var replaced: Set<String> = []

  /// - Parameter templates: the time and chance that templates of the rules see.
  package init(_ config: JSONObject, templates: TemplateRuntime = .system) {
    self.templates = templates
    original = config
    values = config
  }

  package var evaluation: EvaluationContext { EvaluationContext(config: Value(JSONValue.object(values)), runtime: templates) }

  /// A value of the config's top level; setting nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { values[key] }
    set {
      values[key] = newValue
      if newValue != nil { replaced.insert(key) }
    }
  }

  /// Sets what is at a path of the config, making what is missing on the way.
  package mutating func set(_ path: [JSONPathSegment], to value: JSONValue) throws(JSONPathError) {
    var whole = JSONValue.object(values)
    try whole.set(path, to: value)
    values = whole.object ?? [:]
    if path.count == 1 { replaced.insert(path[0].text) }
  }

  package mutating func delete(_ path: JSONGlobPath) {
    var whole = JSONValue.object(values)
    whole.delete(path)
    values = whole.object ?? [:]
  }

  /// Whether the changes are reported to the platform.
  ///
  /// As in the reference, which compares with a config that it shares everything with but the top level: what changed inside an
  /// object that was there before does not count.
  package var isChanged: Bool {
    guard values.count == original.count else { return true }
    return values.contains { key, value in
      guard let before = original[key] else { return true }
      if before.equals(value) { return false }
      let isShared = before.object != nil && value.object != nil || before.array != nil && value.array != nil
      return !isShared || replaced.contains(key)
    }
  }
}
