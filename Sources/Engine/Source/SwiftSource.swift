import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest
import Secrets

/// A source that is written in Swift.
///
/// ```swift
/// struct Ledger: SwiftSource {
///   static let specification: JSONObject = [
///     "type": "object", "required": ["path"], "properties": ["path": ["type": "string"]],
///   ]
///   let path: String
///
///   init(config: JSONObject, runtime: RuntimeEnvironment) throws { path = config["path"]?.string ?? "" }
///   …
/// }
/// ```
///
/// The config has been checked against the specification when a source is made, and its secrets are hidden in everything that is written.
public protocol SwiftSource: Source {
  /// The JSON schema of the config. What is secret in it has `"airbyte_secret": true`.
  static var specification: JSONObject { get }
  /// Where users find help about the source; nil without a word of its own.
  static var documentationURL: String? { get }
  /// Makes a source that is ready to be checked, listed and read.
  /// - Parameter runtime: the clock, the network, the log and the environment of the run.
  init(config: JSONObject, runtime: RuntimeEnvironment) async throws
}

extension SwiftSource {
  public static var documentationURL: String? { nil }
  public func spec() async throws -> JSONObject { Self.message }

  fileprivate static var message: JSONObject {
    var message: JSONObject = ["connectionSpecification": .object(specification)]
    if let documentationURL { message["documentationUrl"] = .string(documentationURL) }
    return message
  }
}

/// A source in Swift as a kind of its own, whose manifests name it by its type.
package struct SwiftSourceKind<Code: SwiftSource>: SourceKind {
  package let type: String

  package init(_ type: Code.Type) { self.type = String(describing: type) }

  package var schema: JSONValue {
    ["type": "object", "required": ["type"], "properties": ["type": ["const": .string(type)]]]
  }

  package func traits(of manifest: ManifestNode, in surroundings: SourceSurroundings) -> SourceTraits { .code }

  package func load(_ manifest: ManifestNode, _ input: SourceInput, runtime: RuntimeEnvironment) async throws -> any Source {
    let config =
      input.config.isEmpty && input.completion == nil
      ? [:] : input.settledConfig(.object(Code.specification), runtime)
    let updates = input.updates.map { KnownUpdates(specification: Code.specification, secrets: runtime.secrets, next: $0) }
    return PreparedSwiftSource<Code>(config: config, runtime: runtime, updates: updates)
  }
}

/// A source in Swift with its config, which is checked before the source is made.
private struct PreparedSwiftSource<Code: SwiftSource>: Source {
  let config: JSONObject
  let runtime: RuntimeEnvironment
  let updates: (any ConfigUpdating)?

  func spec() async throws -> JSONObject { Code.message }

  func check() async throws -> ConnectionStatus {
    do {
      return try await made().check()
    } catch let error as ConnectorError where error.failureType == .config {
      return .failure(error.sentence)
    }
  }

  func discover() async throws -> [AirbyteStream] { try await made().discover() }

  func listed() async throws -> [AirbyteStream] { try await made().listed() }

  /// What is not known before it is made is taken to be so.
  var sharesState: Bool { true }

  func read(_ request: ReadRequest, to output: SourceOutput) async throws {
    output.reportConfig(to: updates)
    try await made().read(request, to: output)
  }

  private func made() async throws -> Code {
    try Spec.validate(config, against: Code.specification)
    return try await Code(config: config, runtime: runtime)
  }
}

/// Hides what is secret in a changed config before it is passed on.
private struct KnownUpdates: ConfigUpdating {
  let specification: JSONObject
  let secrets: any Secrets
  let next: any ConfigUpdating

  func configChanged(_ config: JSONObject) async {
    secrets.hide(secretsOf: config, spec: .object(specification))
    await next.configChanged(config)
  }
}
