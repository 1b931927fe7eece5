import AirbyteProtocol
import Manifest
import YAML

/// A failure that ends a stream, a check or the whole run: what is wrong and where, who has to act, and what helps.
public struct ConnectorError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, where it is, and what helps.
  public var diagnostic: Diagnostic

  /// Whether the cause is a component that this version cannot run: then only the streams that need it fail.
  package var isUnsupported = false
  /// Whether the reference raises it as an error for the platform: a check that it ends reports it at once.
  package var isTraced = false

  /// The rule of errors of components, as `validate` names it.
  package static let rule = "build"

  package init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }

  /// - Parameters:
  ///   - mark: where in the manifest the cause is, if it is there.
  ///   - path: the place in the resolved manifest, as in `streams[3].retriever`.
  public init(
    _ failureType: FailureType, _ message: String, at mark: SourceMark? = nil, path: String = "",
    internalMessage: String? = nil, cause: Diagnostic.Cause? = nil, remedy: Remedy? = nil
  ) {
    diagnostic = Diagnostic(
      .error, rule: Self.rule, message, at: mark, path: path, failureType: failureType, detail: internalMessage, cause: cause,
      remedy: remedy)
  }

  /// An error about `node`: its place is added, and that of the reference that brought it there.
  public init(
    _ failureType: FailureType, _ message: String, at node: ManifestNode, internalMessage: String? = nil,
    cause: Diagnostic.Cause? = nil, remedy: Remedy? = nil
  ) {
    self.init(
      failureType, message, at: node.mark, path: node.path, internalMessage: internalMessage, cause: cause, remedy: remedy)
    diagnostic.related = Diagnostic.Related.reference(to: node)
  }

  /// Who has to act.
  public var failureType: FailureType {
    get { diagnostic.failureType }
    set { diagnostic.failureType = newValue }
  }
  /// For the user: what happened.
  public var message: String {
    get { diagnostic.message }
    set { diagnostic.message = newValue }
  }
  /// For the developer of the manifest: the exact cause.
  public var internalMessage: String? {
    get { diagnostic.detail }
    set { diagnostic.detail = newValue }
  }
  /// Where in the manifest the cause is, if it is there.
  public var mark: SourceMark? { diagnostic.mark }
  /// The place in the resolved manifest, as in `streams[3].retriever`; empty where there is none.
  public var path: String { diagnostic.path }
  /// The message, and what helps.
  public var sentence: String { diagnostic.sentence }

  /// A component or property that is valid, but that this version cannot run.
  package static func unsupported(_ name: String, at node: ManifestNode) -> ConnectorError {
    var error = ConnectorError(.system, "`\(name)` is not supported by this version", at: node)
    error.isUnsupported = true
    return error
  }

  /// A custom component that nothing makes.
  package static func custom(_ node: ManifestNode) -> ConnectorError {
    let name = node["class_name"]?.string ?? node["type"]?.string ?? ""
    var error = ConnectorError(.system, "`\(name)` is a custom component, and nothing here has a class of this name", at: node)
    error.isUnsupported = true
    return error
  }

  public var description: String {
    let place = mark.map { "\($0): " } ?? ""
    return "\(place)\(sentence)\(path.isEmpty ? "" : " (\(path))")"
  }
}
