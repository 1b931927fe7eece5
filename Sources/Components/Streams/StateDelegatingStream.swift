import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import PythonTime
import Templating

/// Two ways to read one stream: all of it where there is no state, else what is new; and all of it again where the state is older
/// than what the API keeps.
package struct StateDelegatingStream: Component {
  /// The way that the state asks for.
  package let stream: DeclarativeStream

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let name = try node.optionalString("name") ?? ""
    let (full, incremental) = (try node.required("full_refresh_stream"), try node.required("incremental_stream"))
    let retention = try Self.retention(node, in: scope)
    if retention != nil {
      for stream in [full, incremental] where stream["incremental_sync"]?["type"]?.string == IncrementingCountCursor.typeName {
        throw ConnectorError(
          .system, "`api_retention_period` needs cursors of time; stream `\(name)` has an `IncrementingCountCursor`", at: stream)
      }
    }
    guard let state = scope.stream.state, !state.isEmpty else {
      stream = try scope.build(full)
      return
    }
    let continued: DeclarativeStream = try scope.build(incremental)
    guard let retention = try retention.map({ try Self.duration($0, node) }), scope.stream.mayForgetState else {
      stream = continued
      return
    }
    let whole: DeclarativeStream = try scope.build(full)
    guard try Self.isOlder(state, whole.cursor, continued.cursor, than: retention, name, in: scope) else {
      stream = continued
      return
    }
    var fresh = scope.stream
    fresh.state = nil
    var again: DeclarativeStream = try scope.entering(fresh).build(full)
    again.forgetsState = true
    stream = again
  }

  package static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? {
    DeclarativeStream.partScope(of: node, in: scope)
  }

  /// What the manifest and the config say of the retention; nil if they say nothing.
  private static func retention(_ node: ComponentNode, in scope: BuildScope) throws -> String? {
    guard let template = node["api_retention_period"], template.string != "" else { return nil }
    let value = try InterpolatedString(template, parameters: node.parameters)
      .evaluate(EvaluationContext(config: scope.templateConfig))
    return value.isTruthy ? value.pythonString : nil
  }

  private static func duration(_ text: String, _ node: ComponentNode) throws -> CursorDuration {
    do {
      return try CursorDuration(iso: text)
    } catch {
      throw ConnectorError(
        .system, "`api_retention_period` should be an ISO 8601 duration such as P30D, not `\(text)`",
        at: node["api_retention_period"] ?? node.node)
    }
  }

  /// Whether the cursors' state ends before what the API still has; also true if none of them can say.
  private static func isOlder(
    _ state: JSONObject, _ full: any Cursor, _ incremental: any Cursor, than retention: CursorDuration, _ name: String,
    in scope: BuildScope
  ) throws -> Bool {
    let now = try PyDateTime(epochMicroseconds: Int128(scope.runtime.now()))
    guard let moment = full.moment(of: state, now: now) ?? incremental.moment(of: state, now: now) else { return true }
    let oldest = try retention.subtracted(from: now)
    guard moment.epochMicroseconds < oldest.epochMicroseconds else { return false }
    if scope.runtime.warnings.isNew(.outdatedState, of: name) {
      scope.runtime.log.log(
        .warn,
        "The state of stream `\(name)` ends before \(oldest), the oldest that the API still has: it is read from its beginning.")
    }
    return true
  }
}

extension StateDelegatingStream: ParentStream {
  package var name: String { stream.name }
  package var cursor: any Cursor { stream.cursor }
  package var parentStreams: [any ParentStream] { stream.parentStreams }

  package func read(_ slice: StreamSlice, _ body: ([Record]) async throws -> Void) async throws {
    try await stream.read(slice, body)
  }
}
