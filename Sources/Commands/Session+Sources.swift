import AirbyteProtocol
import ArgumentParser
import Authoring
import ConnectorModel
import Engine
import JSON
import Manifest

/// The user's config as the options name it.
struct ChosenConfig {
  /// What its file holds; empty without a file.
  let values: JSONObject
  /// Whether it has a file of its own, that nothing else is read from.
  let isAlone: Bool

  /// - Parameter others: further files that are read, which a changed config must not replace.
  /// - Throws: ``ConnectorError`` if the file cannot be read, or would have to be replaced.
  init(_ options: ConfigOptions, beside others: [String?]) throws {
    isAlone = options.given != nil && !InputFile.isSame(options.config, as: others)
    if options.updateConfig, !isAlone {
      throw ConnectorError(
        .config,
        "The config \(options.config) is another input as well, which --update-config would destroy: give it a file of its own")
    }
    values = try options.given.map { try InputFile.object($0, "config") } ?? [:]
  }
}

/// A state as its file has it.
struct GivenState {
  let path: String
  let value: JSONValue

  /// The states of the streams of an API, which share nothing.
  /// - Throws: ``ConnectorError`` that says what is wrong.
  func byName() throws -> ByName<JSONObject> { try read { value throws(InputShapeError) in try InputState.streams(value) } }

  /// The state of a source of any kind.
  /// - Throws: ``ConnectorError`` that says what is wrong.
  func whole() throws -> SourceState { try read { value throws(InputShapeError) in try SourceState(parsing: value) } }

  private func read<State>(_ parse: (JSONValue) throws(InputShapeError) -> State) throws -> State {
    do { return try parse(value) } catch { throw ConnectorError(.config, "The state \(path) cannot be used: \(error)") }
  }
}

/// A source that is ready for a command.
struct PreparedSource {
  let source: any Source
  /// Its connector, if it is declarative.
  let connector: Connector?
  /// What the read continues from.
  let state: SourceState
}

extension Session {
  /// The states of the streams of an API.
  func states(at path: String) throws -> ByName<JSONObject> { try state(at: path).byName() }

  /// The manifest, of whatever kind, and the config, ready to run.
  /// - Parameters:
  ///   - state: what a read continues from.
  ///   - others: further files that are read, which a changed config must not replace.
  ///   - isWindow: whether a range of time is read.
  func source(
    _ options: ConfigOptions, _ components: ComponentOptions, state: GivenState? = nil, catalog: [ConfiguredStream] = [],
    others: [String?] = [], isWindow: Bool = false
  ) async throws -> PreparedSource {
    let config = try ChosenConfig(options, beside: [manifest] + others)
    let opened = try source(config.values)
    do {
      if let own = try CommandProgram.kinds.manifest(opened.source) {
        try check(given(components, isWindow: isWindow), of: own, opened.files)
        return try await source(own, opened.files, config, options, components, state: state?.whole() ?? SourceState(), catalog)
      }
    } catch let error as ManifestError {
      throw concealing(config.values, at: options.config, in: error)
    }
    let states = try state?.byName() ?? [:]
    let connector = try await connector(opened, config, options, components, states: states, catalog: catalog)
    return PreparedSource(
      source: DeclarativeSource(connector, writer: writer), connector: connector,
      state: SourceState(connector.states))
  }

  private func source(
    _ manifest: SourceManifest, _ files: ManifestFiles, _ config: ChosenConfig, _ options: ConfigOptions,
    _ components: ComponentOptions, state: SourceState, _ catalog: [ConfiguredStream]
  ) async throws -> PreparedSource {
    // Programs that were started must not outlive this one.
    Interruption.watch()
    for warning in manifest.warnings { runtime.log.log(.warn, warning.description) }
    var input = input(components, files)
    input.config = config.values
    let variables = options.variables
    if !variables.isEmpty { input.completion = { variables.applied(to: $0, specification: $1) } }
    input.state = state
    input.catalog = catalog
    input.updates = ConfigControl(writer: writer, file: options.updateConfig ? options.config : nil)
    let source = try await manifest.kind.load(manifest.root, input, runtime: runtime)
    return PreparedSource(source: source, connector: nil, state: state)
  }

  /// The options of this run that a source of another kind may have nothing for.
  private func given(_ components: ComponentOptions, isWindow: Bool) -> [KindOption] {
    let further: [(KindOption, Bool)] = [
      (.components, components.path != nil), (.python, components.python != nil), (.report, inspector != nil),
      (.window, isWindow),
    ]
    return kindOptions + further.filter(\.1).map(\.0)
  }

  private func check(_ given: [KindOption], of manifest: SourceManifest, _ files: ManifestFiles) throws {
    guard !given.isEmpty else { return }
    let surroundings = SourceSurroundings(files: files, kinds: CommandProgram.kinds)
    let traits = manifest.kind.traits(of: manifest.root, in: surroundings)
    do {
      for option in given { try option.check(traits, of: manifest.kind.type) }
    } catch {
      abandonReport()
      throw error
    }
  }

  /// The source without a config.
  /// - Parameter path: a config that may contain the manifest.
  func sourceWithoutConfig(_ path: String?) async throws -> any Source {
    let (source, files) = try source(path.map { try InputFile.object($0, "config") } ?? [:])
    if let own = try CommandProgram.kinds.manifest(source) {
      try check(kindOptions, of: own, files)
      Interruption.watch()
      return try await own.kind.load(own.root, input(try ComponentOptions.parse([]), files), runtime: runtime)
    }
    return DeclarativeSource(try await connectorWithoutConfig(source, files), writer: writer)
  }

  private func input(_ components: ComponentOptions, _ files: ManifestFiles) -> SourceInput {
    var input = SourceInput(writer: writer)
    input.files = files
    input.kinds = CommandProgram.kinds
    input.part = { source, input, runtime in
      if let own = try input.kinds.manifest(source) { return try await own.kind.load(own.root, input, runtime: runtime) }
      var given = ConnectorInput()
      given.config = input.config
      given.completion = input.completion
      given.states = input.state.named
      given.catalog = input.catalog
      given.files = input.files
      given.updates = input.updates
      given.components = CommandProgram.components
      given.custom = try customComponents(components, given, of: source)
      return DeclarativeSource(try await Connector.load(source, given, runtime: runtime), writer: input.writer)
    }
    return input
  }

  /// - Throws: ``ConnectorError`` for a manifest that is not declarative, where a command needs one that is.
  func refuseOtherKinds(_ source: ManifestSource) throws {
    guard let own = try CommandProgram.kinds.manifest(source) else { return }
    abandonReport()
    if command == "read" {
      throw ConnectorError(
        .config,
        "--part reads what `shard` divided, which is a declarative manifest, and this one is a `\(own.kind.type)`: leave --part out, and "
          + "divide the streams among several reads with --streams")
    }
    if command == "shard" {
      throw ConnectorError(
        .config,
        "`shard` divides the partitions and windows of a declarative manifest, and this one is a `\(own.kind.type)`: divide its streams "
          + "among several reads with `read --streams`")
    }
    throw ConnectorError(
      .config,
      "This command looks into the requests of a declarative manifest, and this one is a `\(own.kind.type)`: use `spec`, `check`, "
        + "`discover`, `catalog` or `read`")
  }
}
