import Components
import Foundation
import Testing

@testable import Validation

@Suite struct ManifestFixerTests {
  private static let body = """
    url: https://api.example.com/items
    http_method: POST
    # What to ask for.
    request_body_json: # the body
      kind: all # of them

      # ids
      ids: [1, 2]
    request_headers: {A: b}
    """

  private static let newBody = """
    url: https://api.example.com/items
    http_method: POST
    # What to ask for.
    request_body: # the body
      type: RequestBodyJsonObject
      value:
        kind: all # of them

      # ids
        ids: [1, 2]
    request_headers: {A: b}
    """

  private static let pages = """
    paginator:
      type: DefaultPaginator
      pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}"}
      page_token_option: {type: RequestPath}
    """

  @Test(
    arguments: [
      (
        manifest(url: "url_base: https://api.example.com/items # all"), manifest(url: "url: https://api.example.com/items # all"),
        1
      ),
      (manifest(url: "'url_base': https://api.example.com/items"), manifest(url: "'url': https://api.example.com/items"), 1),
      (
        manifest(requester: "request_body_data: {a: \"}\"}\nhttp_method: POST"),
        manifest(requester: "request_body: {type: RequestBodyUrlEncodedForm, value: {a: \"}\"}}\nhttp_method: POST"), 1
      ),
      (manifest(url: body), manifest(url: newBody), 1),
      // A template may give anything.
      (
        manifest(requester: "request_body_data: \"{{ config['token'] }}\"\nhttp_method: POST"),
        manifest(requester: "request_body_data: \"{{ config['token'] }}\"\nhttp_method: POST"), 0
      ),
      (
        manifest(url: "url_base: https://api.example.com # airbyte-lowcode: ignore deprecated-property"),
        manifest(url: "url_base: https://api.example.com # airbyte-lowcode: ignore deprecated-property"), 0
      ),
      (
        manifest(url: "url_base: https://api.example.com/v1/ # the API\npath: /items # what"),
        manifest(url: "url: https://api.example.com/v1/items # the API\n# what"), 2
      ),
      (
        manifest(url: #"url_base: "{{ config['token'] }}/api"\#npath: items"#),
        manifest(url: #"url: "{{ config['token'] }}/api/items""#), 2
      ),
      (
        // What the config gives may end with a slash.
        manifest(url: #"url_base: "{{ config['token'] }}"\#npath: items"#),
        manifest(url: #"url_base: "{{ config['token'] }}"\#npath: items"#), 0
      ),
      (
        manifest(url: "path: items\nurl_base: 'https://api.example.com'"), manifest(url: "url: 'https://api.example.com/items'"),
        2
      ),
      (
        manifest(url: #"url_base: "https://{{ config['token'] }}.example.com"\#npath: "{{ config['token'] }}/items""#),
        // A template at the beginning may give a whole address; half of a change would be none.
        manifest(url: #"url_base: "https://{{ config['token'] }}.example.com"\#npath: "{{ config['token'] }}/items""#), 0
      ),
      (
        manifest(url: #"url_base: https://api.example.com\#npath: "items/{{ config['token'] }}""#),
        manifest(url: #"url: "https://api.example.com/items/{{ config['token'] }}""#), 2
      ),
      (
        manifest(retriever: pages, url: "url_base: https://api.example.com\npath: items"),
        // A page's path may be put behind the base.
        manifest(retriever: pages, url: "url_base: https://api.example.com\npath: items"), 0
      ),
      (
        manifest(
          top: "definitions: {base: {type: HttpRequester, url_base: https://api.example.com}}",
          url: "$ref: '#/definitions/base'\npath: items"),
        manifest(
          top: "definitions: {base: {type: HttpRequester, url: https://api.example.com}}",
          url: "$ref: '#/definitions/base'\nurl: https://api.example.com/items"),
        2
      ),
      (
        manifest(
          top: "definitions: {base: {type: HttpRequester, path: /items, url_base: https://api.example.com}}",
          url: "$ref: '#/definitions/base'"),
        manifest(
          top: "definitions: {base: {type: HttpRequester, url: https://api.example.com/items}}", url: "$ref: '#/definitions/base'"
        ),
        2
      ),
      (
        manifest(url: "url: https://api.example.com/items\nhttp_method: POST\nrequest_body_json: {query: \"{ items { id } }\"}"),
        manifest(
          url:
            "url: https://api.example.com/items\nhttp_method: POST\nrequest_body: {type: RequestBodyGraphQL, value: {query: \"{ items { id } }\"}}"
        ), 1
      ),
      (
        manifest(
          retriever:
            "paginator: {type: DefaultPaginator, limit_option: {type: RequestOption, inject_into: header, field_name: n}, "
            + "pagination_strategy: {type: PageIncrement, page_size: 5}, page_token_option: {type: RequestOption, inject_into: header, field_name: p}}"
        ),
        manifest(
          retriever:
            "paginator: {type: DefaultPaginator, page_size_option: {type: RequestOption, inject_into: header, field_name: n}, "
            + "pagination_strategy: {type: PageIncrement, page_size: 5}, page_token_option: {type: RequestOption, inject_into: header, field_name: p}}"
        ),
        1
      ),
      (manifest(), manifest(), 0),
      ("a: [1", "a: [1", 0),
    ] as [(String, String, Int)])
  func mends(text: String, expected: String, count: Int) async throws {
    let fixer = ManifestFixer(try ManifestChecker())
    let outcome = await fixer.mended(Array(text.utf8), name: "manifest.yaml", folder: ".")
    #expect(String(decoding: outcome.bytes, as: UTF8.self) == expected)
    #expect(outcome.count == count)
    let again = await fixer.mended(outcome.bytes, name: "manifest.yaml", folder: ".")
    #expect(again.count == 0)
    #expect(again.bytes == outcome.bytes)
  }

  /// Two streams share a base, and one of them is asked for at the base itself: it keeps its address.
  @Test func aBaseThatOthersUseIsNotJoined() async throws {
    let text = manifest(
      top: """
        definitions:
          base:
            type: HttpRequester
            url_base: https://api.example.com
            path: items
        """, url: "$ref: '#/definitions/base'\npath: ''")
    let outcome = await ManifestFixer(try ManifestChecker()).mended(Array(text.utf8), name: "manifest.yaml", folder: ".")
    #expect(String(decoding: outcome.bytes, as: UTF8.self) == text)
  }

  @Test func aFileIsReplacedAsAWholeAndKeepsItsPermissions() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "manifest-fixer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "manifest.yaml")
    try Data(manifest(url: "url_base: https://api.example.com/items").utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
    let link = folder.appending(path: "link.yaml")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
    #expect(try await ManifestFixer(ManifestChecker()).mend(file: link.path, folder: folder.path) == 1)
    #expect(try String(contentsOf: file, encoding: .utf8) == manifest(url: "url: https://api.example.com/items"))
    #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["link.yaml", "manifest.yaml"])
  }
}
