import AirbyteProtocol
import Components
import ConnectorModel
import JSON
import Manifest
import Secrets

extension Connector {
  /// Writes the SPEC message.
  package func writeSpec(to writer: MessageWriter) throws { try writer.spec(spec().message()) }

  /// Tries the connection and writes the CONNECTION_STATUS message.
  /// - Throws: ``ConnectorError`` if the manifest itself is wrong.
  package func check(to writer: MessageWriter) async throws {
    let status = try await connectionStatus(to: writer)
    try writer.connectionStatus(succeeded: status.isSuccess, message: status.message)
  }

  /// Tries the connection.
  /// - Parameter writer: takes errors that come beside the result.
  /// - Throws: ``ConnectorError`` if the manifest itself is wrong.
  func connectionStatus(to writer: MessageWriter) async throws -> ConnectionStatus {
    do {
      try spec().validate(scope.config)
    } catch let error as ConnectorError where error.failureType == .config {
      return .failure(error.sentence)
    }
    guard let node = manifest.check else {
      throw ConnectorError(.system, "The manifest has no `check`, so there is no way to test the connection", at: manifest.root)
    }
    let reason: String?
    do {
      defer { scope.runtime.reportWhatIsMissing() }
      let check: any ConnectionCheck = try BuildScope(config: [:], runtime: scope.runtime, registry: scope.registry)
        .build(node)
      let failure = try await check.failure(of: overridden(for: node))
      let remedy = failure.flatMap { _ in try? spec().signInRemedy(for: scope.config) }
      reason = failure.map { failure in remedy.map { "\(failure); \($0)" } ?? failure }
    } catch let error as ConnectorError where error.failureType == .config {
      let error = (try? spec().advising(error, about: scope.config)) ?? error
      // Who watches reads it in the result.
      writer.error(error, isNews: false)
      reason = error.description
    } catch let error as ConnectorError where error.isTraced {
      // As in the reference, once now, and once as what ends the command.
      writer.error(error, isNews: false)
      throw error
    }
    return ConnectionStatus(isSuccess: reason == nil, message: reason)
  }

  /// The connector with the values that a check lays over its config.
  private func overridden(for check: ManifestNode) throws -> Connector {
    guard let node = check["config_overrides"], !node.isNull else { return self }
    let overrides: ConfigOverrides
    do {
      overrides = try ConfigOverrides(node)
      try ConfigOverridesPartners.enforce(on: ComponentNode(check), in: scope)
    } catch var error as ConnectorError {
      error.isTraced = true
      throw error
    }
    if overrides.values.isEmpty { return self }
    let spec = try? spec()
    if let spec { scope.runtime.secrets.hide(secretsOf: overrides.values, spec: .object(spec.connectionSpecification)) }
    overrides.announce(spec, to: scope.runtime.log)
    return overriding(overrides.values)
  }

  /// Writes the CATALOG message.
  package func discover(to writer: MessageWriter) async throws { try writer.catalog(try await discovered(to: writer)) }

  /// The streams, as a CATALOG message has them.
  /// - Parameter writer: takes what is said of streams that cannot be described.
  func discovered(to writer: MessageWriter) async throws -> [AirbyteStream] {
    try spec().validate(scope.config)
    return try await catalog(to: writer)
  }

  private func catalog(to writer: MessageWriter) async throws -> [AirbyteStream] {
    defer { scope.runtime.reportWhatIsMissing() }
    var catalog: [AirbyteStream] = []
    var failures: [ConnectorError] = []
    for (_, stream) in try await streamsOrErrors() {
      switch stream {
      case .success(let stream): catalog.append(try await stream.describe())
      case .failure(let error): failures.append(error)
      }
    }
    // A connector without any stream that works is of no use to anybody.
    if catalog.isEmpty, let failure = failures.first { throw failure }
    for error in failures { writer.log(.warn, "\(error)") }
    return catalog
  }

  /// Checks the config against the specification, then reads.
  /// - Parameters:
  ///   - limit: how many records of each stream are wanted; nil for all.
  ///   - inspector: looks at the records.
  ///   - cursor: makes the cursor that a stream is read by, where it is not its own.
  /// - Throws: as ``read(_:limit:to:inspector:replacing:)``.
  package func readValidated(
    _ catalog: [ConfiguredStream], limit: Int? = nil, to writer: MessageWriter, inspector: (any ReadInspector)? = nil,
    replacing cursor: @Sendable (DeclarativeStream) throws -> (any Cursor)? = { _ in nil }
  ) async throws -> ReadOutcome {
    try spec().validate(scope.config)
    return try await read(catalog, limit: limit, to: writer, inspector: inspector, replacing: cursor)
  }
}
