import ConnectorModel
import JSON
import Jinja
import Manifest
import Synchronization
import Templating

/// What all authenticators of a run with equal definitions share: a login, which one of them does for all.
///
/// A definition is evaluated when it is first needed, so that a run without requests does not pay for it.
final class SharedByDefinition<Value: Sendable>: Sendable {
  private let node: ManifestNode
  private let besides: Set<String>
  private let config: TemplateConfig
  private let authentication: AuthenticationState
  private let make: @Sendable () -> Value
  private let settled = Mutex<Value?>(nil)

  /// - Parameter besides: properties that may differ.
  init(_ node: ManifestNode, besides: Set<String> = [], in scope: BuildScope, _ make: @escaping @Sendable () -> Value) {
    self.node = node
    self.besides = besides
    config = scope.templateConfig
    authentication = scope.run.shared()
    self.make = make
  }

  var value: Value {
    settled.withLock { settled in
      if let settled { return settled }
      let value = authentication.shared(by: node.identity(config, besides: besides), make)
      settled = value
      return value
    }
  }
}

extension ManifestNode {
  /// The value of the definition in a run: equal for definitions that say the same, wherever they are. What `config` and the
  /// `$parameters` alone decide counts by its value, any other template as it is written.
  package func identity(_ config: TemplateConfig, besides: Set<String> = []) -> String {
    identity(config, besides: besides, parameters: [:]).jsonText
  }

  private func identity(_ config: TemplateConfig, besides: Set<String> = [], parameters: JSONObject) -> JSONValue {
    switch content {
    case .string(let text):
      guard text.utf8.contains(UInt8(ascii: "{")) else { return .string(text) }
      let template = InterpolatedString(text, parameters: parameters)
      return template.decided(by: config) ?? .array([.string(text), .object(parameters)])
    case .sequence(let elements): return .array(elements.map { $0.identity(config, parameters: parameters) })
    case .mapping(let members):
      var scope = parameters
      if case .object(let own)? = members["$parameters"]?.value { scope = own }
      var object: JSONObject = [:]
      for name in members.keys.sorted() where name != "$parameters" && !besides.contains(name) {
        object[name] = members[name]?.identity(config, parameters: scope)
      }
      return .object(object)
    default: return value
    }
  }
}
