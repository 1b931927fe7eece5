import AirbyteProtocol
import JSON

extension Connector {
  /// Writes the SPEC message.
  package func writeSpec(to writer: MessageWriter) throws { try writer.spec(spec().message) }

  /// Tries the connection and writes the CONNECTION_STATUS message.
  /// - Throws: ``ConnectorError`` where the manifest itself is wrong.
  package func check(to writer: MessageWriter) async throws {
    do {
      try spec().validate(context.config)
    } catch let error as ConnectorError where error.failureType == .config {
      return try writer.connectionStatus(succeeded: false, message: error.message)
    }
    guard let node = manifest.root["check"], !node.isNull else {
      throw ConnectorError(.system, "The manifest has no `check`, so nothing says how to try the connection.", at: manifest.root)
    }
    guard (node["type"]?.string ?? CheckStream.typeName) == CheckStream.typeName else {
      throw ConnectorError.unsupported(node["type"]?.string ?? "", at: node)
    }
    let reason: String?
    do {
      reason = try await CheckStream(from: ComponentNode(node), in: context).failure(of: self)
    } catch let error as ConnectorError where error.failureType == .config {
      reason = error.description
    }
    try writer.connectionStatus(succeeded: reason == nil, message: reason)
  }

  /// Writes the CATALOG message.
  package func discover(to writer: MessageWriter) async throws {
    try spec().validate(context.config)
    var catalog: [AirbyteStream] = []
    for (_, stream) in try streamsOrErrors() {
      switch stream {
      case .success(let stream): catalog.append(try await stream.describe())
      case .failure(let error): writer.log(.warn, "\(error)")
      }
    }
    try writer.catalog(catalog)
  }

  /// Checks the config against the specification, then reads.
  /// - Returns: whether every stream was read wholly.
  /// - Throws: as ``read(_:to:progress:)``.
  package func readValidated(_ catalog: [ConfiguredStream], to writer: MessageWriter, progress: any ReadProgress) async throws
    -> Bool
  {
    try spec().validate(context.config)
    return try await read(catalog, to: writer, progress: progress)
  }
}
