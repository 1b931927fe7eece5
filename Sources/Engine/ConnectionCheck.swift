import AirbyteProtocol
import Components
import ConnectorModel
import JSON

/// Tries whether a connection works.
protocol ConnectionCheck: Component {
  /// - Returns: why the connection does not work; nil if it does.
  /// - Throws: ``ConnectorError`` if nothing can be said of it.
  func failure(of connector: Connector) async throws -> String?
}

extension ConnectionCheck {
  /// Reads one record of a stream.
  /// - Returns: why that does not work; nil if it does, also where there is no record.
  func unavailability(of stream: DeclarativeStream) async throws -> String? {
    do {
      guard let slice = try await firstSlice(of: stream.cursor) else {
        return "Stream \(stream.name) is not available: it has no slices to read, since its parent streams gave no records"
      }
      let retriever = try stream.retriever.casting(to: try await stream.schema())
      try await retriever.read(slice) { page in page.records.isEmpty }
      return nil
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      return "Stream \(stream.name) is not available: \(ConnectorError(wrapping: error).sentence)"
    }
  }

  private func firstSlice(of cursor: any Cursor) async throws -> StreamSlice? {
    do {
      try await cursor.slices { throw FirstSlice(slice: $0) }
      return nil
    } catch let found as FirstSlice {
      return found.slice
    }
  }
}

/// Ends the listing of slices at the first one.
private struct FirstSlice: Error {
  let slice: StreamSlice
}
