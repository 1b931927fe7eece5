import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Makes a partition for each value of a list.
package struct ListPartitionRouter: Component, PartitionRouter {
  /// The key of the partitions; a template that fails does so where one is made.
  let cursorField: Result<String, any Error>
  let requestOption: RequestOption?
  private let values: JSONValue
  private let node: ManifestNode

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let evaluation = EvaluationContext(config: scope.templateConfig)
    let list = try node.required("values")
    self.node = list
    if list.string != nil {
      let value = try InterpolatedString(list, parameters: node.parameters).evaluate(evaluation)
      do {
        values = try value.json()
      } catch {
        throw ConnectorError(.system, "`values` should be a list", at: list, internalMessage: "\(error)")
      }
    } else {
      // Elements are taken as they are written: templates in them are not evaluated.
      values = .array(try node.nodes("values").map { .string($0.string ?? $0.value.jsonText) })
    }
    let field = InterpolatedString(try node.required("cursor_field"), parameters: node.parameters)
    cursorField = Result { try field.string(evaluation) }
    requestOption = try scope.build(optional: node["request_option"])
  }

  package var isListed: Bool { true }

  package func partitions(_ body: (StreamSlice) async throws -> Void) async throws {
    for value in try elements() { try await body(StreamSlice(partition: [try cursorField.get(): value])) }
  }

  /// What Python iterates over: a text by its characters, a dict by its keys.
  private func elements() throws -> [JSONValue] {
    switch values {
    case .array(let elements): return elements
    case .string(let text): return text.unicodeScalars.map { .string(String($0)) }
    case .object(let object): return object.keys.map { .string($0) }
    default: throw ConnectorError(.system, "`values` should be a list, not \(values.jsonText)", at: node)
    }
  }

  package func requestParts(for slice: StreamSlice, token: PageToken?) throws -> RequestParts {
    var parts = RequestParts()
    if let requestOption, let value = try slice.merged[cursorField.get()], value.isTruthy {
      try requestOption.inject(value, into: &parts)
    }
    return parts
  }
}
