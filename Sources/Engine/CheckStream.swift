import AirbyteProtocol
import Components
import ConnectorModel
import JSON
import Manifest

/// Tries whether the connection works by reading one record of some streams.
package struct CheckStream: ConnectionCheck {
  private let streamNames: [String]
  private let dynamicStreams: [DynamicStreamCheckConfig]

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    dynamicStreams = try node.nodes("dynamic_streams_check_configs").map { try scope.build($0) }
    guard node["stream_names"] != nil || node["dynamic_streams_check_configs"] != nil else {
      throw ConnectorError(
        .system, "A `CheckStream` needs `stream_names`, or `dynamic_streams_check_configs`", at: node.node,
        cause: .missing(["stream_names", "dynamic_streams_check_configs"]))
    }
    streamNames = try node.strings("stream_names")
  }

  package func failure(of connector: Connector) async throws -> String? {
    let names = try Self.configuredNames(connector.scope.config) ?? streamNames
    let streams: [(name: String, stream: Result<DeclarativeStream, ConnectorError>)]
    do {
      streams = try await self.streams(names, of: connector)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      return "Cannot determine the streams: \(ConnectorError(wrapping: error).sentence)"
    }
    if streams.isEmpty { return "There is no stream to test the connection with" }
    let byName = ByName(streams.map { ($0.name, $0.stream) }, uniquingKeysWith: { $1 })
    for name in names {
      guard let stream = byName[name] else {
        let nearest = NameSuggestion.nearest(to: name, among: streams.map(\.name))
        throw ConnectorError(
          .system,
          "The check names the stream `\(name)`, which the manifest does not have", remedy: nearest.map(Remedy.name))
      }
      if let reason = try await unavailability(of: stream) { return reason }
    }
    return try await dynamicFailure(of: connector, byName)
  }

  /// The generated streams to try.
  private func dynamicFailure(
    of connector: Connector, _ byName: ByName<Result<DeclarativeStream, ConnectorError>>
  ) async throws -> String? {
    if dynamicStreams.isEmpty { return nil }
    let definitions = Set(
      connector.manifest.dynamicStreams.enumerated().map { DynamicDeclarativeStream.name(of: $0.element, $0.offset) })
    let generated = try await connector.generatedStreamNodes()
    for wanted in dynamicStreams {
      guard definitions.contains(wanted.name) else {
        return "The check names the dynamic stream `\(wanted.name)`, which the manifest does not have"
      }
      let names = generated.filter { $0.dynamicName == wanted.name }.compactMap { $0.node["name"]?.string }
      for name in names.prefix(wanted.count ?? .max) {
        if let stream = byName[name], let reason = try await unavailability(of: stream) { return reason }
      }
    }
    return nil
  }

  private func unavailability(of stream: Result<DeclarativeStream, ConnectorError>) async throws -> String? {
    switch stream {
    case .success(let stream): try await unavailability(of: stream)
    case .failure(let error): error.sentence
    }
  }

  /// Only those that are named, if all of them are in the manifest: then nothing is requested for the generated ones.
  private func streams(_ names: [String], of connector: Connector) async throws -> [(
    name: String, stream: Result<DeclarativeStream, ConnectorError>
  )] {
    if dynamicStreams.isEmpty, !names.isEmpty, let nodes = try? connector.staticStreamNodes() {
      let known = NameSet(nodes.compactMap { $0["name"]?.string })
      if names.allSatisfy(known.contains) {
        try await connector.validateConfig()
        return try await connector.streams(nodes.filter { names.includes($0["name"]?.string ?? "") }, among: nodes)
      }
    }
    return try await connector.streamsOrErrors()
  }

  /// The streams that the platform asks to try, in place of the manifest's.
  private static func configuredNames(_ config: JSONObject) throws -> [String]? {
    guard let given = config["__airbyte_check_stream_names"], given != [] else { return nil }
    guard let names = given.array?.map(\.string), !names.contains(nil) else {
      throw ConnectorError(.system, "`__airbyte_check_stream_names` of the config should be a list of strings")
    }
    return names.compactMap { $0 }
  }
}

/// Says which of the streams that a template makes a check tries.
struct DynamicStreamCheckConfig: Component {
  /// The dynamic stream's name.
  let name: String
  /// How many of its streams are tried; nil for all.
  let count: Int?

  init(from node: ComponentNode, in scope: BuildScope) throws {
    name = try node.string("dynamic_stream_name")
    count = try node.int("stream_count")
  }
}
