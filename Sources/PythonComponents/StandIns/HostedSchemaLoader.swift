import AirbyteProtocol
import ConnectorModel
import JSON

/// `CustomSchemaLoader`: gives a stream's schema, asked for once.
struct HostedSchemaLoader: SchemaLoader {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  func schema() async throws -> JSONObject {
    let reply = try await component.call("get_json_schema", "schema")
    let document = try component.document(reply.body, from: "get_json_schema")
    guard case .object(let schema) = document.root.value else {
      throw ConnectorError(
        .system, "\(component.subject.asked("get_json_schema").call) should give an object, the stream's JSON schema",
        at: component.subject.node)
    }
    return schema
  }
}
