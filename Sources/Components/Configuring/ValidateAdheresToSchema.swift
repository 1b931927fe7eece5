import AirbyteProtocol
import ConnectorModel
import JSON
import JSONSchema
import Manifest

/// Wants a value to fit a JSON schema; a text is read as JSON first.
struct ValidateAdheresToSchema: Component, ValidationStrategy {
  private let schema: JSONValue
  private let node: ManifestNode

  init(from node: ComponentNode, in scope: BuildScope) throws {
    self.node = node.node
    schema = try node.required("base_schema").value
  }

  func validate(_ value: JSONValue) throws {
    var value = value
    if case .string(let text) = value {
      do {
        value = try JSONValue(parsing: text)
      } catch {
        throw ConnectorError(
          .system, "The config is not valid: a text that should be JSON is not", at: node, internalMessage: "\(error)")
      }
    }
    let compiled: JSONSchema
    do {
      compiled = try JSONSchema(compiling: schema, dialect: Dialect(of: schema))
    } catch {
      throw ConnectorError(.system, "`base_schema` is not a valid JSON schema: \(error)", at: node)
    }
    guard let error = compiled.pythonError(value) else { return }
    throw ConnectorError(.system, "The config is not valid: \(error.pythonMessage)", at: node, internalMessage: error.description)
  }
}
