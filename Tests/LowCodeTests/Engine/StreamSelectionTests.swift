import AirbyteProtocol
import ConnectorModel
import Testing

@testable import Engine

/// Which streams a read is about.
@Suite struct StreamSelectionTests {
  private let streams = ["authors", "books", "orders"].map {
    ConfiguredStream(descriptor: StreamDescriptor(name: $0), syncMode: $0 == "authors" ? .fullRefresh : .incremental)
  }

  @Test(arguments: [
    ([], [], ["authors", "books", "orders"]), (["orders", "authors"], [], ["orders", "authors"]),
    (["books", "books"], [], ["books"]), ([], ["books"], ["authors", "orders"]), (["books", "orders"], ["orders"], ["books"]),
  ]) func chosen(names: [String], excluded: [String], expected: [String]) throws {
    let selection = StreamSelection(names: names, excluded: excluded)
    let chosen = try selection.applied(to: streams, of: "the connector")
    #expect(chosen.map(\.descriptor.name) == expected)
    #expect(chosen.allSatisfy { ($0.syncMode == .incremental) == ($0.descriptor.name != "authors") })
  }

  @Test func fromTheBeginning() throws {
    let chosen = try StreamSelection(isFullRefresh: true).applied(to: streams, of: "the connector")
    #expect(chosen.map(\.syncMode) == [.fullRefresh, .fullRefresh, .fullRefresh])
  }

  @Test(arguments: [
    (["boks"], [], "There is no stream `boks` in the catalog c.json: did you mean `books`?"),
    ([], ["zebras"], "There is no stream `zebras` in the catalog c.json, which has `authors`, `books`, `orders`"),
    (["books"], ["books"], "All streams are excluded, so that there is nothing to read"),
  ]) func mistakes(names: [String], excluded: [String], message: String) throws {
    let error = try #require(throws: ConnectorError.self) {
      try StreamSelection(names: names, excluded: excluded).applied(to: streams, of: "the catalog c.json")
    }
    #expect(error.message == message)
  }
}
