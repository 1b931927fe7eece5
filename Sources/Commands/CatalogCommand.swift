import AirbyteProtocol
import ArgumentParser
import ConnectorModel
import Engine
import JSON

struct CatalogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalog", abstract: "Print a configured catalog, as --catalog of `read` and platforms take it.",
    discussion: """
      Examples:
        \(CommandProgram.name) catalog --config config.json > catalog.json
        \(CommandProgram.name) catalog --config config.json --streams orders
      """)

  @OptionGroup var options: ManifestOptions
  @OptionGroup var singer: SingerOptions
  @OptionGroup var input: ConfigOptions
  @OptionGroup var components: ComponentOptions
  @OptionGroup var streams: StreamOptions

  func run() async throws {
    try await Session(options, output: .other, isMock: input.mock.isMock, singer: singer.tap).run { session in
      let found = try await session.source(input, components).source.listed()
      let byName = ByName(found.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
      let chosen = try streams.selection.applied(to: found.map { ConfiguredStream($0) }, of: "the connector")
      let entries = chosen.compactMap { entry in byName[entry.descriptor.name].map { $0.configured(entry.syncMode).jsonText } }
      try StandardOutput.write(
        json: entries.isEmpty ? #"{"streams":[]}"# : "{\"streams\":[\n\(entries.joined(separator: ",\n"))\n]}")
      return .success
    }
  }
}

extension AirbyteStream {
  /// The entry of a configured catalog, as platforms write it.
  fileprivate func configured(_ mode: SyncMode) -> JSONValue {
    var entry: JSONObject = [
      "stream": json, "sync_mode": .string(mode.rawValue),
      "destination_sync_mode": mode == .incremental ? "append" : "overwrite",
    ]
    if mode == .incremental, let field = defaultCursorField { entry["cursor_field"] = .array(field.map { .string($0) }) }
    if let key = sourceDefinedPrimaryKey { entry["primary_key"] = .array(key.map { .array($0.map { .string($0) }) }) }
    return .object(entry)
  }
}
