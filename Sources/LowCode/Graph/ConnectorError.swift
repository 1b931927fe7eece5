import AirbyteProtocol

/// A failure that ends a stream, a check or the whole run: the message for the user, and who has to act.
package struct ConnectorError: Error, Sendable, CustomStringConvertible {
  package var failureType: FailureType
  /// A sentence for the user: what happened and what helps.
  package var message: String
  /// A sentence for the developer of the manifest: the exact cause.
  package var internalMessage: String?
  /// Where in the manifest the cause is, if it is there.
  package var location: SourceLocation?
  /// The reference that brought the cause into its place, if there is one.
  package var referencedFrom: SourceLocation?
  /// The place in the resolved manifest, as in `streams[3].retriever`.
  package var path: String?

  /// Whether the cause is a component that this version cannot run: then only the streams that need it fail.
  package var isUnsupported = false
  /// Whether the reference raises it as an error for the platform: a check that it ends reports it at once.
  package var isTraced = false

  package init(
    _ failureType: FailureType, _ message: String, internalMessage: String? = nil, location: SourceLocation? = nil,
    path: String? = nil
  ) {
    self.failureType = failureType
    self.message = message
    self.internalMessage = internalMessage
    self.location = location
    self.path = path
  }

  /// An error about `node`: its place is added.
  package init(_ failureType: FailureType, _ message: String, at node: ManifestNode, internalMessage: String? = nil) {
    self.init(failureType, message, internalMessage: internalMessage, location: node.location, path: node.path)
    referencedFrom = node.referencedFrom
  }

  /// A component or property that is valid, but that this version cannot run.
  package static func unsupported(_ name: String, at node: ManifestNode) -> ConnectorError {
    var error = ConnectorError(.system, "`\(name)` is not supported by this version.", at: node)
    error.isUnsupported = true
    return error
  }

  /// A component whose class is Python code.
  package static func custom(_ node: ManifestNode) -> ConnectorError {
    let name = node["class_name"]?.string ?? node["type"]?.string ?? ""
    var error = ConnectorError(.system, "`\(name)` is a custom Python component, which this version cannot run.", at: node)
    error.isUnsupported = true
    return error
  }

  package var description: String {
    var text = ""
    if let location { text += "\(location): " }
    text += message
    if let path, !path.isEmpty { text += " (\(path))" }
    return text
  }
}
