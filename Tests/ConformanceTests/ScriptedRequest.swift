import FlyingFox
import Foundation
import JSON
import enum JSON.JSONValue

/// A request that the scripted API received, decoded the way `scripted_api.py` does it.
struct ScriptedRequest: Sendable {
  let method: String
  let path: String
  let query: [[String]]
  /// By lower-case name; the last of several.
  let headers: [String: String]
  let text: String
  /// `{"json": …}`, `{"form": …}` or `{"text": …}`; nil without a body.
  let body: JSONValue?

  // What every HTTP client fills in its own way.
  private static let clientHeaders: Set = ["user-agent", "host", "connection", "content-length", "accept-encoding"]

  init(_ request: HTTPRequest) async throws {
    let target = request.target
    method = request.method.rawValue
    path = Self.unescaped(target.path())
    query = Self.pairs(target.query())
    headers = Dictionary(request.headers.map { ($0.key.rawValue.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
    text = String(decoding: try await request.bodyData, as: UTF8.self)
    body = Self.body(text, type: headers["content-type"]?.lowercased() ?? "")
  }

  /// Identical requests have the same text.
  var identity: String {
    JSONValue.array([.string(method), .string(path), Self.json(sorted: query), .string(text)]).jsonText
  }

  /// The request as it stands in `requests.json`.
  var entry: JSONValue {
    var entry: JSONObject = ["method": .string(method), "path": .string(path)]
    if !query.isEmpty { entry["query"] = Self.json(sorted: query) }
    let compared = headers.filter { !Self.clientHeaders.contains($0.key) }.sorted { $0.key < $1.key }
    entry["headers"] = .object(JSONObject(uniqueKeysWithValues: compared.map { ($0.key, .string($0.value)) }))
    entry["body"] = body
    return .object(entry)
  }

  private static func body(_ text: String, type: String) -> JSONValue? {
    if text.isEmpty { return nil }
    if type.contains("json"), let value = try? JSONValue(parsing: text) { return ["json": value] }
    if type.contains("x-www-form-urlencoded") { return ["form": json(sorted: pairs(text))] }
    return ["text": .string(text)]
  }

  private static func json(sorted pairs: [[String]]) -> JSONValue {
    .array(pairs.sorted { $0.lexicographicallyPrecedes($1) }.map { .array($0.map(JSONValue.string)) })
  }

  /// Names and values of a query or a form.
  static func pairs(_ text: String) -> [[String]] {
    text.split(separator: "&").map { part in
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = sides.map { unescaped($0.replacing("+", with: " ")) }
      return [decoded[0], decoded.count > 1 ? decoded[1] : ""]
    }
  }

  /// Percent escapes undone; what is no escape stays.
  private static func unescaped(_ text: some StringProtocol) -> String {
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        out.append(value)
        index += 3
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
