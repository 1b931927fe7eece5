import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest

/// Puts an API together from a manifest as it was given to a command.
package enum ManifestMock {
  /// A config made up from the manifest's specification.
  /// - Throws: ``ManifestError`` for a manifest that is not valid.
  package static func config(for source: ManifestSource, _ input: ConnectorInput, now: Int64) async throws -> JSONObject {
    config(for: try ManifestPipeline(validator: ManifestValidator()).run(source), now: now)
  }

  /// The same for a manifest that was read already.
  package static func config(for manifest: LoadedManifest, now: Int64) -> JSONObject {
    ConfigMaker(for: manifest, now: now).config(for: manifest.spec?["connection_specification"]?.value)
  }

  /// The API that a manifest and a config describe.
  /// - Throws: ``ManifestError`` for a manifest that is not valid, ``ConnectorError`` where the config cannot be used.
  package static func api(
    for source: ManifestSource, _ input: ConnectorInput, options: ManifestAPIOptions, runtime: RuntimeEnvironment
  ) async throws -> ManifestAPI {
    let manifest = try ManifestPipeline(validator: ManifestValidator()).run(source)
    return try await ManifestAPI.make(manifest, input, options: options, runtime: runtime)
  }

  /// All of a connector's streams, each read by steps where it can be.
  package static func catalog(of streams: [AirbyteStream]) -> [ConfiguredStream] {
    streams.map { stream in
      ConfiguredStream(
        descriptor: StreamDescriptor(name: stream.name), syncMode: stream.supportedSyncModes.last ?? .fullRefresh,
        jsonSchema: stream.jsonSchema)
    }
  }
}
