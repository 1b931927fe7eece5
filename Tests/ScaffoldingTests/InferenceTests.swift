import ConnectorModel
import JSON
import Testing

@testable import Scaffolding

/// What an answer of an API shows.
@Suite struct InferenceTests {
  // MARK: Records

  @Test(
    arguments: [
      (#"[{"id": 1}]"#, "orders", [], 1, true), (#"{"data": [{"id": 1}, {"id": 2}]}"#, "orders", ["data"], 2, true),
      (#"{"data": {"orders": [{"id": 1}]}, "meta": {"tags": []}}"#, "orders", ["data", "orders"], 1, true),
      (#"{"errors": [{"x": 1}], "result": {"rows": [{"id": 1}]}}"#, "orders", ["result", "rows"], 1, true),
      (#"{"orders": [], "included": [{"id": 9}]}"#, "orders", ["orders"], 0, true),
      (#"{"included": [{"id": 9}], "users": [{"id": 1}], "orders": [{"id": 1}]}"#, "orders", ["orders"], 1, true),
      (#"{"id": 1, "name": "x", "lines": [{"sku": 1}]}"#, "lines", ["lines"], 1, true),
      (#"{"id": 1, "name": "x"}"#, "order", [], 1, false), (#"{"data": {"id": 1}}"#, "order", ["data"], 1, false),
      (
        #"{"data": {"items": {"edges": [{"node": {"id": 1}, "cursor": "a"}]}}}"#, "items",
        ["data", "items", "edges", "*", "node"], 1, true
      ),
      (#"{"data": {"items": {"nodes": [{"id": 1}]}}}"#, "items", ["data", "items", "nodes"], 1, true),
      (#"{"numbers": [1, 2], "things": [{"id": 1}]}"#, "x", ["things"], 1, true), ("[]", "orders", [], 0, true),
      (#""text""#, "x", [], 0, false), (#"{"7": {"id": 7, "n": 1}, "8": {"id": 8}}"#, "x", ["*"], 2, true),
      (#"{"data": {"a": {"id": 7}, "b": {"id": 8}}}"#, "x", ["data", "*"], 2, true),
      (#"{"owner": {"id": 7, "name": "x"}, "place": {"city": "y", "zip": 1}}"#, "x", [], 1, false),
    ] as [(String, String, [String], Int, Bool)])
  func recordsAreFound(body: String, stream: String, path: [String], count: Int, isList: Bool) throws {
    let seen = SeenRecords(in: try Scaffold.json(body), of: stream)
    #expect(seen.path == path)
    #expect(seen.records.count == count)
    #expect(seen.isList == isList)
  }

  // MARK: Keys, times, schemas

  @Test(
    arguments: [
      (#"[{"name": "a", "id": 1}, {"name": "a", "id": 2}]"#, "orders", "id"), (#"[{"id": 1}, {"id": 1}]"#, "orders", nil),
      (#"[{"order_id": 1, "shop_id": 2}, {"order_id": 2, "shop_id": 3}]"#, "orders", "order_id"),
      (#"[{"shopId": 1, "orderId": 1}, {"shopId": 1, "orderId": 2}]"#, "orders", "orderId"),
      (#"[{"isbn": "1", "title": "x"}]"#, "books", "isbn"), (#"[{"name": "a"}, {"name": "b"}]"#, "tags", "name"),
      (#"[{"id": null}, {"id": 2}]"#, "orders", nil), (#"[{"id": {"x": 1}, "uuid": "u"}]"#, "orders", "uuid"),
      ("[]", "orders", nil),
      (#"[{"number": 1, "country_id": 7}, {"number": 2, "country_id": 7}]"#, "invoices", "number"),
      (#"[{"category_id": 5, "x_id": 1}]"#, "categories", "category_id"),
    ] as [(String, String, String?)])
  func aKeyIsFound(records: String, stream: String, key: String?) throws {
    let records = try Scaffold.json(records).array?.compactMap(\.object) ?? []
    #expect(KeyInference.key(of: records, stream: stream) == key)
  }

  @Test(
    arguments: [
      (#"{"created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-02T00:00:00Z"}"#, "updated_at", "%Y-%m-%dT%H:%M:%SZ"),
      (#"{"createdAt": "2024-01-01T00:00:00.123Z"}"#, "createdAt", "%Y-%m-%dT%H:%M:%S.%fZ"),
      (#"{"modified": 1704067200}"#, "modified", "%s"),
      (#"{"lastModified": 1704067200123}"#, "lastModified", "%ms"), (#"{"date": "2024-01-31"}"#, "date", "%Y-%m-%d"),
      (#"{"updated": "2024-01-02T00:00:00+02:00"}"#, "updated", "%Y-%m-%dT%H:%M:%S%z"),
      (#"{"updated": "2024-01-02T00:00:00.5+02:00"}"#, "updated", "%Y-%m-%dT%H:%M:%S.%f%z"),
      (#"{"updated": "2024-01-02T00:00:00"}"#, "updated", "%Y-%m-%dT%H:%M:%S"),
      (#"{"updated": "2024-01-02 10:00:00"}"#, "updated", "%Y-%m-%d %H:%M:%S"),
      (#"{"updated_at": "yesterday", "id": 5}"#, nil, nil), (#"{"birthday": "2024-01-31"}"#, nil, nil),
      (#"{"updated_at": null}"#, nil, nil),
    ] as [(String, String?, String?)])
  func aCursorIsFound(record: String, field: String?, format: String?) throws {
    let record = try #require(try Scaffold.json(record).object)
    let cursor = TimeInference([record, ["other": 1]]).cursor
    #expect(cursor?.name == field)
    #expect(cursor?.format == format)
  }

  @Test func theSchemaHasTypesAndFormats() throws {
    let records = try Scaffold.json(
      #"""
      [{"id": 1, "price": 1.5, "n": 1, "at": "2024-01-01T00:00:00Z", "day": "2024-01-01", "tags": ["a"], "who": {"id": 2, "name": null}, "x": null},
       {"id": 2, "price": 2, "n": null, "at": null, "day": "2024-02-01", "tags": [], "who": {"id": 3}}]
      """#
    ).array?.compactMap(\.object)
    let properties = SeenSchema.schema(of: records ?? [])?["properties"]
    #expect(properties?["id"] == ["type": ["integer", "null"]])
    #expect(properties?["price"] == ["type": ["number", "null"]])
    #expect(properties?["n"] == ["type": ["integer", "null"]])
    #expect(properties?["at"] == ["type": ["string", "null"], "format": "date-time"])
    #expect(properties?["day"] == ["type": ["string", "null"], "format": "date"])
    #expect(properties?["tags"]?["items"]?["type"] == ["string", "null"])
    #expect(properties?["who"]?["properties"]?["id"] == ["type": ["integer", "null"]])
    #expect(properties?["x"] == nil)
  }

  // MARK: Pages

  private static func paging(
    _ body: String, _ url: String = "https://api.example.com/orders", link: String? = nil
  ) throws -> (notation: String?, note: String?) {
    let json = try Scaffold.json(body)
    let answer = SeenAnswer(url: url, headers: HTTPHeaders(link.map { [("Link", $0)] } ?? []), body: json)
    let inference = PagingInference(answer, SeenRecords(in: json, of: "orders"), key: "id")
    return (PagingNotation.text(inference.paging), inference.note)
  }

  private static let list = #""data": [{"id": 1}]"#

  @Test(
    arguments: [
      (#""links": {"next": "https://api.example.com/orders?page=2&per_page=20"}"#, "", "next:links.next,per_page=20"),
      (#""next": "/orders?after=x""#, "", "next:next"), (#""links": {"self": "x", "next": null}"#, "", "next:links.next"),
      (#""links": {"next": {"href": "https://x.example.com/2"}}"#, "", "next:links.next.href"),
      (#""@odata.nextLink": "https://x.example.com/2""#, "", nil),
      (#""count": 3, "next": null, "previous": null"#, "", "next:next"),
      (#""next_cursor": "abc""#, "", "token:next_cursor,cursor"),
      (#""nextPageToken": "abc""#, "?pageSize=10", "token:nextPageToken,pageToken,pageSize=10"),
      (#""meta": {"next_cursor": null}"#, "", "token:meta.next_cursor,cursor"),
      (#""paging": {"cursors": {"after": "x"}}"#, "?limit=5&after=y", "token:paging.cursors.after,after,limit=5"),
      (
        #""page_info": {"end_cursor": "x", "has_next_page": true}"#, "",
        "token:page_info.end_cursor,after,more=page_info.has_next_page"
      ),
      (#""has_more": true"#, "?limit=3", "last:id,starting_after,limit=3,more=has_more"),
      (#""page": 1, "per_page": 20, "total": 90"#, "", "page:page,per_page=20"),
      (#""meta": {"current_page": 1, "last_page": 4}"#, "", "page:page"),
      (#""page": 0, "totalPages": 3, "size": 10"#, "", "page:page,first=0,size=10"),
      (#""offset": 0, "limit": 100, "total": 5"#, "", "offset:offset,limit=100"),
      (#""startAt": 0, "maxResults": 50, "total": 5"#, "", "offset:startAt,maxResults=50"),
      (#""x": 1"#, "?page=1&per_page=30", "page:page,per_page=30"), (#""x": 1"#, "?skip=0&limit=30", "offset:skip,limit=30"),
      (#""offset": "itrXYZ""#, "", "token:offset,offset"), (#""x": 1"#, "", "none"),
    ] as [(String, String, String?)])
  func pagesAreFound(rest: String, query: String, notation: String?) throws {
    let found = try Self.paging("{\(Self.list), \(rest)}", "https://api.example.com/orders\(query)")
    // A key with a dot in it has no notation that could be read again.
    if let notation { #expect(found.notation == notation) } else { #expect(found.notation?.hasPrefix("next:") == true) }
  }

  @Test func theHeaderLinkComesFirst() throws {
    let link =
      #"<https://api.example.com/orders?page=2&per_page=30>; rel="next", <https://api.example.com/orders?page=9>; rel="last""#
    #expect(try Self.paging("{\(Self.list)}", link: link).notation == "link:per_page=30")
    #expect(try Self.paging("{\(Self.list)}", link: #"<https://x.example.com>; rel="prev""#).notation == "none")
  }

  @Test func guessesAreCalledGuesses() throws {
    #expect(try Self.paging("{\(Self.list), \"next_cursor\": \"x\"}").note?.contains("`cursor`") == true)
    #expect(try Self.paging("{\(Self.list), \"next_cursor\": \"x\"}", "https://x.example.com/?cursor=a").note == nil)
    #expect(try Self.paging("{\(Self.list)}").note?.contains("add a `paginator`") == true)
    #expect(try Self.paging(#"{"id": 1}"#).note == nil)
    let full = (1...20).map { #"{"id": \#($0)}"# }.joined(separator: ",")
    #expect(try Self.paging("[\(full)]").note?.contains("20 records look like a whole page") == true)
  }

  // MARK: Streams

  @Test func aStreamIsCompletedByItsAnswer() throws {
    let endpoint = try EndpointNotation("/orders?updated_since=2024-01-01&page=1&per_page=2&state=all")
    var stream = StreamDescription(name: "orders", path: "/orders", parameters: endpoint.parameters)
    let body = try Scaffold.json(#"{"orders": [{"id": 1, "updated_at": "2024-01-01T00:00:00Z"}, {"id": 2, "updated_at": null}]}"#)
    StreamInference().complete(
      &stream,
      from: SeenAnswer(url: "https://x.example.com/orders?updated_since=2024-01-01&page=1&per_page=2&state=all", body: body))
    #expect(stream.recordPath == ["orders"])
    #expect(stream.primaryKey == ["id"])
    #expect(CursorNotation.text(stream.cursor) == "updated_at,updated_since")
    #expect(PagingNotation.text(stream.paging) == "page:page,per_page=2")
    // What cursor and paginator send is no constant any more.
    #expect(stream.parameters == [RequestParameter(RequestPlace(.query, "state"), .literal("all"))])
  }

  @Test func whatWasSaidStays() throws {
    var stream = StreamDescription(name: "orders", path: "/orders", recordPath: ["b"], primaryKey: ["key"])
    let body = try Scaffold.json(#"{"a": [{"id": 1}], "b": [{"id": 5, "key": "x"}]}"#)
    StreamInference(decided: [.records, .primaryKey, .paging, .cursor]).complete(
      &stream, from: SeenAnswer(url: "https://x.example.com/orders", body: body))
    #expect(stream.recordPath == ["b"])
    #expect(stream.primaryKey == ["key"])
    #expect(stream.schema?["properties"]?.object?.keys.elements == ["id", "key"])
    #expect(stream.notes.isEmpty)
  }
}
