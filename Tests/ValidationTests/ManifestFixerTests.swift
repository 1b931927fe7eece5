import Foundation
import LowCode
import Testing
import Validation

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
