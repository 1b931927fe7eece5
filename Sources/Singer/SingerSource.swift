import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import Programs
import Synchronization

/// A Singer tap as a source.
package struct SingerSource: Source {
  private let manifest: SingerManifest
  private let node: ManifestNode?
  private let tap: Tap
  private let runtime: RuntimeEnvironment
  /// The source's config.
  private let config: JSONObject
  private let settings: TapSettings
  private let discovery = Discovery()

  /// What discovery found, for all commands of a run that need it.
  private actor Discovery {
    private var known: [StreamDescription]?

    func streams(_ discover: () async throws -> [StreamDescription]) async throws -> [StreamDescription] {
      if let known { return known }
      let streams = try await discover()
      known = streams
      return streams
    }
  }

  /// Puts a tap and its config together.
  /// - Parameter node: the manifest; nil for a tap without one.
  /// - Throws: ``ConnectorError`` if there is no such tap, or its config cannot be made.
  init(
    _ manifest: SingerManifest, at node: ManifestNode?, _ input: SourceInput, runtime: RuntimeEnvironment
  ) async throws {
    self.manifest = manifest
    self.node = node
    self.runtime = runtime
    let call = try await Self.call(of: manifest, input.files, runtime)
    let log = TapLog(runtime)
    var about: TapAbout?
    if manifest.connectionSpecification == nil { about = try await Self.about(call, manifest, runtime) }
    settings = TapSettings(manifest, about, name: call.name)
    let given = input.config.filter { !$0.key.hasPrefix("__injected_") }
    config =
      given.isEmpty && input.completion == nil
      ? [:] : input.with(config: given).settledConfig(settings.specification.map { .object($0) }, runtime)
    var complete = call
    if let environment = manifest.environment {
      for (name, value) in try environment.values(config, runtime) {
        complete.environment[name] = value.string ?? value.jsonText
      }
    }
    let values = try manifest.config?.values(config, runtime) ?? Spec.withoutReservedKeys(config)
    let changes = ConfigChanges(manifest.config, config, settings, input.updates, runtime)
    tap = try Tap(complete, config: values, catalogOption: manifest.catalogOption, log: log, runtime: runtime) { old, new in
      await changes.report(old, new)
    }
  }

  private static func call(
    of manifest: SingerManifest, _ files: ManifestFiles, _ runtime: RuntimeEnvironment
  ) async throws -> ProgramCall {
    let limits = manifest.limits
    var folder: String?
    if case .folder(let path) = files { folder = path }
    var environment = runtime.environment
    // What the tap says is wanted as it comes, and in the encoding of JSON.
    environment["PYTHONUNBUFFERED"] = environment["PYTHONUNBUFFERED"] ?? "1"
    environment["PYTHONIOENCODING"] = environment["PYTHONIOENCODING"] ?? "utf-8"
    switch manifest.program {
    case .command(let words):
      return ProgramCall(words, environment: environment, folder: folder, limits: limits)
    case .python(let python):
      let program = try await python.executable(runtime, at: manifest.programNode)
      return ProgramCall([program], environment: environment, folder: folder, limits: limits)
    }
  }

  // MARK: Commands

  /// Taps may, and nobody knows before a state comes, unless the manifest says how it is written.
  package var sharesState: Bool { manifest.stateForm != .perStream }

  package func spec() async throws -> JSONObject {
    var spec: JSONObject = ["connectionSpecification": .object(settings.shownSpecification)]
    spec["supportsNormalization"] = false
    spec["supportsDBT"] = false
    if let url = manifest.documentationURL { spec["documentationUrl"] = .string(url) }
    return spec
  }

  package func check() async throws -> ConnectionStatus {
    do {
      try validate()
      if settings.hasTest { try await tap.test() } else { _ = try await streams() }
      return .success
    } catch let error as ConnectorError {
      runtime.log.log(.debug, error.internalMessage ?? error.sentence)
      return .failure(error.sentence)
    }
  }

  package func discover() async throws -> [AirbyteStream] {
    try validate()
    return try await streams().map(\.airbyteStream)
  }

  package func read(_ request: ReadRequest, to output: SourceOutput) async throws {
    try validate()
    let streams = try await streams()
    let byDescriptor = Dictionary(streams.map { ($0.descriptor, $0) }, uniquingKeysWith: { first, _ in first })
    var targets: [StreamTarget] = []
    for configured in request.streams {
      if let stream = byDescriptor[configured.descriptor] {
        targets.append(StreamTarget(stream, configured))
      } else {
        try output.unknown(configured, among: streams.map(\.descriptor.name))
      }
    }
    guard !targets.isEmpty else { return }
    for target in targets { warn(of: target) }
    let selected = Dictionary(targets.map { ($0.id, $0.configured) }, uniquingKeysWith: { first, _ in first })
    let state = SingerState.incoming(request.state) { stream in
      byDescriptor[stream]?.tap.id ?? stream.name
    } isFresh: {
      selected[$0]?.syncMode == .fullRefresh
    }
    var reader = TapReader(
      tap, targets, states: StateTracker(form: manifest.stateForm, continuing: request.state), to: output)
    try await reader.read(TapSelection.catalog(streams, selecting: selected), from: state)
  }

  /// - Throws: ``ConnectorError`` if the config does not fit the specification.
  private func validate() throws {
    if settings.isChecked, let specification = settings.specification {
      try Spec.validate(config, against: specification, at: node?["spec"]?["connection_specification"])
    }
  }

  private func warn(of target: StreamTarget) {
    guard target.configured.syncMode == .incremental,
      TapSelection.method(of: target.description, target.configured) == .fullTable
    else { return }
    runtime.log.log(
      .info,
      "Stream \(target.configured.descriptor.name): nothing says by which field it continues, so it is read as a whole. Name the field as "
        + "`cursor_field` in the manifest's `streams`, or in the catalog.")
  }

  /// What a tap says of itself; nil if it answers no such question.
  /// - Throws: ``ConnectorError`` if it cannot be started.
  static func about(of tap: TapName, _ runtime: RuntimeEnvironment) async throws -> TapAbout? {
    let manifest = try SingerManifest(ManifestNode(ManifestValue(json: ["tap": tap.json])))
    return try await about(call(of: manifest, .folder("."), runtime), manifest, runtime)
  }

  private static func about(
    _ call: ProgramCall, _ manifest: SingerManifest, _ runtime: RuntimeEnvironment
  ) async throws -> TapAbout? {
    let tap = try Tap(
      call, config: nil, catalogOption: manifest.catalogOption, log: TapLog(runtime), runtime: runtime
    ) { _, _ in }
    return try await tap.about()
  }

  /// The streams that are not left out.
  func streams() async throws -> [StreamDescription] {
    try await discovery.streams { [manifest, tap, runtime] in
      let all = try await tap.discover().streams
      for own in manifest.streams where !all.contains(where: { manifest.own($0)?.name == own.name }) {
        let nearest = NameSuggestion.nearest(to: own.name, among: all.map(\.id))
        runtime.log.log(
          .warn,
          "The manifest describes the stream `\(own.name)`, which the tap does not have."
            + (nearest.map { " Did you mean `\($0)`?" } ?? ""))
      }
      var seen: Set<StreamDescriptor> = []
      return all.compactMap { stream in
        let own = manifest.own(stream)
        if !stream.isSupported || manifest.excludes(stream, own) { return nil }
        let described = StreamDescription(stream, own, usesNamespaces: manifest.usesNamespaces)
        if seen.insert(described.descriptor).inserted { return described }
        runtime.log.log(
          .warn,
          "The tap lists the stream `\(described.descriptor.name)` more than once: the first one counts, the others are left out."
        )
        return nil
      }
    }
  }
}

extension SourceInput {
  fileprivate func with(config: JSONObject) -> SourceInput {
    var copy = self
    copy.config = config
    return copy
  }
}
