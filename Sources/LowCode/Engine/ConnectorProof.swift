import JSON

/// Builds everything that a manifest describes, as far as that is possible without asking an API, to find what cannot be built.
package struct ConnectorProof: Sendable {
  /// What cannot be built, each cause once. What is left out for want of a component that this version has is not among it.
  package private(set) var errors: [ConnectorError] = []

  /// - Parameters:
  ///   - config: the user's config, or one that is like it.
  ///   - isGiven: whether it is the user's, so that the manifest's own rules for configs count.
  ///   - folder: where files that the manifest names are looked for.
  package init(
    _ manifest: Manifest, by pipeline: ManifestPipeline, config: JSONObject, isGiven: Bool, folder: String,
    runtime: RuntimeEnvironment
  ) async {
    var input = ConnectorInput()
    input.config = config
    input.files = .folder(folder)
    let connector: Connector
    do {
      connector = try await Connector.prepare(manifest, input, mask: SecretMask(), runtime: runtime)
    } catch {
      note(error)
      // The rest does not need what the config's rules would make of it.
      connector = Connector(manifest: manifest, spec: nil, input: input, runtime: runtime)
    }
    if isGiven { attempt { try connector.validateConfig() } }
    let context = connector.context
    attempt { _ = try manifest.check.map { try context.build($0, as: (any ConnectionCheck).self) } }
    attempt { _ = try manifest.concurrencyLevel.map { try context.build($0, as: ConcurrencyLevel.self) } }
    attempt { _ = try context.requesting.budget(in: context) }
    attempt { _ = try connector.streamGroups() }
    var nodes: [ManifestNode] = []
    attempt { nodes = try connector.staticStreamNodes() }
    let generated = await generatedNodes(manifest.dynamicStreams, in: context)
    let misfits = generated.isEmpty ? [] : pipeline.findings(ofGenerated: generated, in: manifest)
    if misfits.isEmpty { nodes += generated }
    for misfit in misfits { note(ConnectorError(.system, misfit.message, location: misfit.location, path: misfit.path)) }
    var built: [DeclarativeStream] = []
    for node in nodes { attempt { built.append(try connector.stream(node)) } }
    let names = Set(nodes.compactMap { $0["name"]?.string })
    attempt { try connector.streamGroups().refuseFamilies(among: built, topLevelNames: names) }
  }

  /// The streams that the config's values make; of those that an API tells, only the template's resolver is built.
  private mutating func generatedNodes(_ definitions: [ManifestNode], in context: BuildContext) async -> [ManifestNode] {
    var result: [ManifestNode] = []
    var names: Set<String> = []
    for definition in definitions {
      do {
        let stream: DynamicDeclarativeStream = try context.build(definition)
        if definition["components_resolver"]?["type"]?.string == HttpComponentsResolver.typeName { continue }
        result += try await stream.streams(notNamed: &names)
      } catch {
        note(error)
      }
    }
    return result
  }

  private mutating func attempt(_ build: () throws -> Void) {
    do { try build() } catch { note(error) }
  }

  private mutating func note(_ error: any Error) {
    let error = ConnectorError(wrapping: error)
    guard !error.isUnsupported else { return }
    if !errors.contains(where: { $0.message == error.message && $0.location == error.location }) { errors.append(error) }
  }
}
