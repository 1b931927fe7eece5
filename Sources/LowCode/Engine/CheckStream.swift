import AirbyteProtocol
import JSON

/// Tries whether the connection works by reading one record of some streams.
struct CheckStream: Component {
  private let streamNames: [String]

  init(from node: ComponentNode, in context: BuildContext) throws {
    for property in ["dynamic_streams_check_configs", "config_overrides"] {
      if let unsupported = node[property] { throw ConnectorError.unsupported(property, at: unsupported) }
    }
    if let names = context.config["__airbyte_check_stream_names"]?.array, !names.isEmpty {
      streamNames = names.compactMap(\.string)
    } else {
      streamNames = try node.strings("stream_names")
    }
  }

  /// - Returns: why the connection does not work; nil where it does.
  /// - Throws: ``ConnectorError`` where the manifest itself is wrong.
  func failure(of connector: Connector) async throws -> String? {
    let nodes = try connector.streamNodes()
    for name in streamNames {
      guard let node = nodes.first(where: { $0["name"]?.string == name }) else {
        let nearest = NameSuggestion.nearest(to: name, among: nodes.compactMap { $0["name"]?.string })
        throw ConnectorError(
          .system,
          "The check names the stream `\(name)`, which the manifest does not have."
            + (nearest.map { " Did you mean `\($0)`?" } ?? ""))
      }
      do {
        if let reason = try await unavailability(of: try connector.stream(node)) { return reason }
      } catch let error as ConnectorError {
        return "Stream \(name) is not available: \(error.message)"
      }
    }
    return nil
  }

  private func unavailability(of stream: DeclarativeStream) async throws -> String? {
    guard let slice = try await firstSlice(of: stream.cursor) else {
      return "Stream \(stream.name) is not available: it has no slices to read, since its parent streams gave no records."
    }
    let normalizer = try stream.normalizer(try await stream.schema())
    try await stream.retriever.read(slice, normalizer: normalizer) { page in page.records.isEmpty }
    return nil
  }

  private func firstSlice(of cursor: any Cursor) async throws -> StreamSlice? {
    struct Found: Error { let slice: StreamSlice }
    do {
      try await cursor.slices { throw Found(slice: $0) }
      return nil
    } catch let found as Found {
      return found.slice
    }
  }
}
