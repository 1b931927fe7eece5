import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja

/// Evaluates one template with the variables of `context`: the typed value as JSON, null where it is empty or undefined.
///
/// `config` is an empty object unless the context has it; every other variable is there only if the context has it.
/// - Throws: ``ConnectorError`` for a template that is not valid or cannot be evaluated.
package func evaluateTemplate(_ template: String, context: JSONObject) throws -> JSONValue {
  for reserved in ["stream_interval", "stream_partition"] where context[reserved] != nil {
    throw ConnectorError(.config, "`\(reserved)` cannot be given: it is another name of `stream_slice`")
  }
  let names = context.keys.filter { $0 != "config" }
  let evaluation = EvaluationContext(
    config: Value(context["config"] ?? .object([:])), bindings: names.map { (Symbol($0), Value(context[$0] ?? .null)) })
  // A constant has no place for variables, and an unbound `parameters` stays unbound.
  let compiled = InterpolatedString(template, parameters: nil, fallback: nil, types: .any, mark: nil)
  return JSONValue(try compiled.evaluate(evaluation))
}
