import Components
import ConnectorModel
import JSON
import Manifest
import YAML

/// Builds everything that a manifest describes, as far as that is possible without asking an API, to find what cannot be built.
package struct ConnectorProof: Sendable {
  /// What cannot be built, each cause once. Streams that are skipped because a component is unsupported are not included.
  package private(set) var errors: [ConnectorError] = []
  private var seen: Set<Cause> = []

  private struct Cause: Hashable {
    let message: String
    let mark: SourceMark?
  }

  /// - Parameters:
  ///   - config: the user's config, or one that is like it.
  ///   - isGiven: whether it is the user's, so that the manifest's own rules for configs count.
  ///   - folder: where files that the manifest names are looked for.
  package init(
    _ manifest: Manifest, config: JSONObject, isGiven: Bool, folder: String, components: ComponentRegistry = .standard,
    runtime: RuntimeEnvironment
  ) async {
    var input = ConnectorInput()
    input.config = config
    input.files = .folder(folder)
    input.components = components
    let connector: Connector
    do {
      connector = try await Connector.prepare(manifest, input, runtime: runtime)
    } catch {
      note(error)
      // The rest does not need what the config's rules would make of it.
      connector = Connector(manifest: manifest, spec: nil, input: input, runtime: runtime)
    }
    if isGiven { await attempt { _ in try await connector.validateConfig() } }
    let context = connector.scope
    for node in [manifest.check, manifest.concurrencyLevel, manifest.apiBudget] {
      guard let node else { continue }
      await attempt { recovery in try context.recovering(recovery).build(node, as: (any Component).self) }
      note(CompositionPass.violations(in: node, context))
    }
    await attempt { _ in try connector.streamGroups() }
    var nodes = await attempt { _ in try connector.staticStreamNodes() } ?? []
    nodes += await generatedNodes(manifest.dynamicStreams, in: context)
    var built: [DeclarativeStream] = []
    for node in nodes {
      if let stream = await attempt({ recovery in try await connector.stream(node, recovery: recovery) }) { built.append(stream) }
      note(connector.violations(in: node))
    }
    let names = NameSet(nodes.compactMap { $0["name"]?.string })
    await attempt { _ in try connector.streamGroups().refuseFamilies(among: built, topLevelNames: names) }
  }

  /// The streams that the config's values make; of those that an API lists, only the template's resolver is built.
  private mutating func generatedNodes(_ definitions: [ManifestNode], in scope: BuildScope) async -> [ManifestNode] {
    var result: [ManifestNode] = []
    var names: NameSet = []
    for definition in definitions {
      note(CompositionPass.violations(in: definition, scope))
      do {
        let stream: DynamicDeclarativeStream = try await recovering { recovery in
          try await scope.recovering(recovery).migratingStates { try $0.build(definition) }
        }
        if definition["components_resolver"]?["type"]?.string == HttpComponentsResolver.typeName { continue }
        result += try await stream.streams(notNamed: &names)
      } catch {
        note(error)
      }
    }
    return result
  }

  /// - Returns: what was built; nil if it cannot be.
  @discardableResult
  private mutating func attempt<Built>(_ build: (BuildRecovery?) async throws -> Built) async -> Built? {
    do {
      return try await recovering(build)
    } catch {
      note(error)
      return nil
    }
  }

  /// Builds something, and where that fails once more, for what else would have failed.
  private mutating func recovering<Built>(_ build: (BuildRecovery?) async throws -> Built) async throws -> Built {
    do {
      return try await build(nil)
    } catch {
      let recovery = BuildRecovery()
      _ = try? await build(recovery)
      note(error)
      for other in recovery.errors { note(other) }
      throw error
    }
  }

  private mutating func note(_ violations: [ConnectorError]) {
    for violation in violations { note(violation) }
  }

  private mutating func note(_ error: any Error) {
    let error = ConnectorError(wrapping: error)
    guard !error.isUnsupported else { return }
    if seen.insert(Cause(message: error.message, mark: error.mark)).inserted { errors.append(error) }
  }
}
