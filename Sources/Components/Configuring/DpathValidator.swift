import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Checks what is at a path of the config; nothing there is fine.
struct DpathValidator: Component, ConfigValidation {
  private let path: [InterpolatedString]
  private let strategy: any ValidationStrategy
  private let log: any Log
  private let templates: TemplateRuntime
  private let node: ManifestNode

  init(from node: ComponentNode, in scope: BuildScope) throws {
    self.node = node.node
    path = try node.nodes("field_path").map { InterpolatedString($0) }
    strategy = try scope.build(node.required("validation_strategy"))
    log = scope.runtime.log
    templates = scope.runtime.templates
  }

  /// With a `*` as a segment every value that matches is checked, else there may be only one.
  func validate(_ config: JSONObject) async throws {
    let evaluation = EvaluationContext(config: .emptyDict, runtime: templates)
    let segments = try path.map { JSONPathSegment(try $0.evaluate(evaluation)) }
    guard !segments.isEmpty else {
      throw ConnectorError(.system, "`field_path` needs at least one key", at: node, cause: .missing(["field_path"]))
    }
    let values: [JSONValue]
    do {
      let glob = try JSONGlobPath(segments)
      values = glob.hasStar ? glob.values(in: .object(config)) : try glob.get(in: .object(config)).map { [$0] } ?? []
    } catch {
      throw ConnectorError(.system, "`field_path` should lead to one value of the config: \(error)", at: node)
    }
    if values.isEmpty { log.log(.info, "A validation is left out: the config has nothing at \(segments.map(\.text)).") }
    for value in values { try await strategy.validate(value) }
  }
}
