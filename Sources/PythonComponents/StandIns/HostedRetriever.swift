import ConnectorModel
import JSON

/// `CustomRetriever`: reads the records of a slice by itself, with everything that the manifest puts into it.
struct HostedRetriever: Retriever {
  private let component: HostedComponent
  /// The stream's schema, which `read_records` is given.
  private var schema: JSONObject = [:]

  init(_ component: HostedComponent) { self.component = component }

  func casting(to schema: JSONObject) throws -> any Retriever {
    var retriever = self
    retriever.schema = schema
    return retriever
  }

  func read(_ slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws {
    try await component.pullValues(
      "read_records", "read", ["slice": slice.hostValue, "schema": .object(schema)]
    ) { document in
      let records = document.root.elementSequence.compactMap { $0["record"].map { Record($0) } }
      return records.isEmpty ? true : try await body(Page(records: records, size: document.footprint.text))
    }
  }
}
