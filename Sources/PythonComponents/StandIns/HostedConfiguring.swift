import AirbyteProtocol
import ConnectorModel
import JSON

/// `CustomConfigTransformation`: changes the config before anything uses it.
struct HostedConfigTransformation: ConfigTransformation {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  var canBeTried: Bool { false }

  func transform(_ config: inout ConfigDraft) async throws {
    let before = config.values
    let after = try await component.call("transform", "config", ["config": .object(before)])["config"]?.object ?? before
    for key in before.keys where after[key] == nil { config[key] = nil }
    for (key, value) in after where before[key] != value { config[key] = value }
  }
}

/// `CustomValidationStrategy`: says whether a value of the config is as it should be.
struct HostedValidationStrategy: ValidationStrategy {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  func validate(_ value: JSONValue) async throws {
    let reply = try await component.call("validate", "validate", ["value": value])
    guard reply["valid"] == .bool(false) else { return }
    throw ConnectorError(.config, reply["message"]?.string ?? "A value of the config is not valid", at: component.subject.node)
  }
}

/// `CustomStateMigration`: brings a stream's state into the shape that its cursor reads.
struct HostedStateMigration: StateMigration {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  func migrate(_ state: JSONObject, of stream: ComponentNode, in scope: BuildScope) async throws -> JSONObject {
    let reply = try await component.call("migrate", "migrate", ["state": .object(state)])
    return reply["migrates"] == .bool(true) ? reply["state"]?.object ?? state : state
  }
}
