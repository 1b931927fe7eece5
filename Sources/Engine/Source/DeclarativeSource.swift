import AirbyteProtocol
import ConnectorModel
import JSON

/// A manifest's connector as a source. It writes its messages itself, page by page.
package struct DeclarativeSource: Source {
  package let connector: Connector
  /// Takes what a check reports beside its result.
  private let writer: MessageWriter

  package init(_ connector: Connector, writer: MessageWriter) {
    self.connector = connector
    self.writer = writer
  }

  package func spec() async throws -> JSONObject { try connector.spec().message() }

  package func check() async throws -> ConnectionStatus { try await connector.connectionStatus(to: writer) }

  package func discover() async throws -> [AirbyteStream] { try await connector.discovered(to: writer) }

  package func listed() async throws -> [AirbyteStream] { try await connector.listedStreams(nil) }

  package func read(_ request: ReadRequest, to output: SourceOutput) async throws {
    let reading = connector.reading(request.streams, states: request.state.named, window: request.window)
    try await output.leave {
      var outcome = try await reading.readValidated(
        request.streams, limit: request.limit, to: output.writer, inspector: request.inspector)
      outcome.failedStreams = outcome.failedStreams.map { output.writer.named(StreamDescriptor(name: $0)).name }
      outcome.isReported = !outcome.isComplete
      return outcome
    }
  }
}
