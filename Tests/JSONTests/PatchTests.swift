import Testing

@testable import JSON

@Suite struct PatchTests {
  private static let text = #"{"id":1,"user":{"name":"x","none":null,"home":{"city":"y","zip":7}},"tags":[{"a":1}],"gone":null}"#

  /// Paths that are removed one after the other, and the record that is written then; nil where patches cannot say it.
  @Test(arguments: [
    (["id"], #"{"user":{"name":"x","none":null,"home":{"city":"y","zip":7}},"tags":[{"a":1}]}"#),
    (["user name"], #"{"id":1,"user":{"none":null,"home":{"city":"y","zip":7}},"tags":[{"a":1}]}"#),
    (["user home zip", "user home city", "user none"], #"{"id":1,"user":{"name":"x","home":{}},"tags":[{"a":1}]}"#),
    (
      ["user home", "user home city", "user absent", "user name deeper"],
      #"{"id":1,"user":{"name":"x","none":null},"tags":[{"a":1}]}"#
    ),
    (["user", "user name"], #"{"id":1,"tags":[{"a":1}]}"#),
    (["absent key", "id deeper"], #"{"id":1,"user":{"name":"x","none":null,"home":{"city":"y","zip":7}},"tags":[{"a":1}]}"#),
    (["tags a"], nil),
  ])
  func removesMembers(_ paths: [String], _ expected: String?) throws {
    let root = try JSONDocument(parsing: Self.text).root
    var patches: [JSONPatch] = []
    var isExpressible = true
    for path in paths {
      let keys = path.split(separator: " ").map { JSONKey(String($0)) }
      isExpressible = JSONPatch.remove(keys[...], from: root, &patches) && isExpressible
    }
    #expect(isExpressible == (expected != nil))
    guard let expected else { return #expect(patches.isEmpty) }
    var writer = JSONWriter()
    writer.write(record: root, patches: patches)
    #expect(writer.string == expected)
    var built = JSONWriter()
    built.write(record: JSONValue(root, patches: patches))
    #expect(built.string == expected)
  }

  /// A value that was set before is gone with its key, and cannot be reached into.
  @Test func removesWhatWasSet() throws {
    let root = try JSONDocument(parsing: Self.text).root
    var patches = [
      JSONPatch(key: "user", value: ["name": "z"]), JSONPatch(key: "id", value: 2), JSONPatch(key: "new", change: .view(root)),
    ]
    #expect(!JSONPatch.remove(["user", "name"], from: root, &patches))
    #expect(JSONPatch.remove(["id", "deeper"], from: root, &patches))
    for path: [JSONKey] in [["user"], ["new", "user"], ["new", "tags"], ["new", "id"]] {
      #expect(JSONPatch.remove(path[...], from: root, &patches))
    }
    var writer = JSONWriter()
    writer.write(record: root, patches: patches)
    #expect(writer.string == #"{"id":2,"tags":[{"a":1}],"new":{"gone":null}}"#)
  }

  /// Objects written with blanks, with a key twice or with an escaped key are written anew.
  @Test func removesFromObjectsThatAreNotInWrittenForm() throws {
    let root = try JSONDocument(parsing: #"{"a": {"x": 1, "y": null, "x": 2, "\u007a": 3}, "b" : 1}"#).root
    var patches: [JSONPatch] = []
    #expect(JSONPatch.remove(["a", "z"], from: root, &patches))
    var writer = JSONWriter()
    writer.write(record: root, patches: patches)
    #expect(writer.string == #"{"a":{"x":2,"y":null},"b":1}"#)
  }
}
