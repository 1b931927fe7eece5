import ConnectorModel
import JSON
import OrderedCollections

/// What kind of connector is begun.
package enum ConnectorKind: String, Sendable, CaseIterable {
  /// An HTTP API of endpoints.
  case rest
  /// An HTTP API that is asked by queries of GraphQL.
  case graphql
  /// An HTTP API that makes records in jobs.
  case async
  /// A Singer tap.
  case singer
  /// A Swift package with components of its own.
  case swift

  /// The connector that a template begins with, for the kinds that have one.
  /// - Throws: ``ConnectorError`` for an address that is none.
  package func template(name: String?, address: String?) throws(ConnectorError) -> ConnectorDescription {
    let base = try GivenAnswers.address(address ?? "https://api.example.com")
    let name = name ?? ConnectorNames.name(ofHost: base)
    return self == .async ? AsyncTemplate.description(name, base) : GraphQLTemplate.description(name, base)
  }
}

/// One query, page by page.
enum GraphQLTemplate {
  private static let query = """
    query Items($first: Int!, $after: String) {
      items(first: $first, after: $after) {
        nodes {
          id
          name
          updatedAt
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
    """

  static func description(_ name: String, _ base: String) -> ConnectorDescription {
    let stream = StreamDescription(
      name: "items", summary: "A connection with the items of the API. Put your own query in its place.", method: "POST",
      path: "/graphql", body: .graphQL(query: query), recordPath: ["data", "items", "nodes"], primaryKey: ["id"],
      cursor: CursorDescription(field: "updatedAt", formats: ["%Y-%m-%dT%H:%M:%SZ"]),
      paging: PagingDescription(
        .token(path: ["data", "items", "pageInfo", "endCursor"], into: RequestPlace(.json, ["variables", "after"])),
        pageSize: .init(50, into: RequestPlace(.json, ["variables", "first"])),
        moreFlag: ["data", "items", "pageInfo", "hasNextPage"]),
      schema: [
        "type": "object",
        "properties": [
          "id": ["type": "string"], "name": ["type": ["string", "null"]],
          "updatedAt": ["type": ["string", "null"], "format": "date-time"],
        ],
      ],
      notes: [
        Note(
          .records, "The records are the nodes of the connection; of an edge they would be [data, items, edges, \"*\", node]."),
        Note(.paging, "The variables `first` and `after` are those of the query."),
      ])
    return ConnectorDescription(
      name: name, origin: "the template for GraphQL", baseAddress: base, authentication: .bearer, streams: [stream],
      notes: [Note(.authentication, "Most APIs take a token. `airbyte-lowcode explain HttpRequester` lists other ways.")])
  }
}

/// One job, whose result is downloaded.
enum AsyncTemplate {
  static func description(_ name: String, _ base: String) -> ConnectorDescription {
    let stream = StreamDescription(
      name: "orders", summary: "Orders, which the API exports in a job.", method: "POST", path: "/exports",
      body: .json(["object": "orders"]), format: .jsonl, primaryKey: ["id"],
      schema: [
        "type": "object",
        "properties": [
          "id": ["type": "integer"], "total": ["type": ["number", "null"]],
          "created_at": ["type": ["string", "null"], "format": "date-time"],
        ],
      ],
      job: JobDescription(
        identifierPath: ["id"], statusRequestPath: "/exports/{job}", statusPath: ["status"], running: ["queued", "running"],
        completed: ["done"], failed: ["failed"], timeout: ["timeout"], resultAddressPath: ["url"]),
      notes: [Note(.records, "The file has a record a line. `CsvDecoder` and `GzipDecoder` read others.")])
    return ConnectorDescription(
      name: name, origin: "the template for jobs", baseAddress: base, authentication: .bearer, streams: [stream])
  }
}
