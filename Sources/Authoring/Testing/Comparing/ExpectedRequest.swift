import ConnectorModel
import JSON
import Manifest
import Traffic

/// A request that a test expects.
struct ExpectedRequest: Sendable {
  private let method: String
  /// The address without its parameters; nil for a path alone.
  private let place: String?
  private let path: String?
  /// All parameters, in the order of their names; nil if they are not compared.
  private let query: [Field]?
  private let headers: [Field]
  private let body: JSONValue?
  private let form: [Field]?

  /// A parameter, a header or a field of a form.
  struct Field: Sendable, Hashable, Comparable {
    let name: String
    let value: String

    static func < (left: Field, right: Field) -> Bool { (left.name, left.value) < (right.name, right.value) }
  }

  init(_ node: ManifestNode) {
    guard let line = node.string else {
      method = (node["method"]?.string ?? "GET").uppercased()
      let address = node["url"]?.string ?? node["path"]?.string
      (place, path, query) = Self.address(address, query: node["query"])
      headers = Self.fields(node["headers"]) ?? []
      body = node["body"]?.value
      form = Self.fields(node["form"])
      return
    }
    let words = line.split(separator: " ", maxSplits: 1)
    method = words.count == 2 ? words[0].uppercased() : "GET"
    (place, path, query) = Self.address(String(words.last ?? ""), query: nil)
    (headers, body, form) = ([], nil, nil)
  }

  private static func address(_ text: String?, query: ManifestNode?) -> (place: String?, path: String?, query: [Field]?) {
    let given = fields(query)
    guard let text else { return (nil, nil, given) }
    let asked = MockRequest(method: "GET", url: text)
    let fields = asked.query.isEmpty ? given : asked.query.map { Field(name: $0.name, value: $0.value) }.sorted()
    return text.hasPrefix("/") ? (nil, asked.path, fields) : (asked.place, nil, fields)
  }

  /// Names and values in the order of the names; a list is several values of a name.
  private static func fields(_ node: ManifestNode?) -> [Field]? {
    guard let node else { return nil }
    return (node.entries ?? []).flatMap { name, value -> [Field] in
      (value.sequence ?? [value]).map { Field(name: name, value: $0.string ?? $0.value.jsonText) }
    }.sorted()
  }

  // MARK: Comparing

  /// What differs, in sentences; nothing if a request is the one that is expected.
  func differences(_ observed: ObservedRequest) -> [String] {
    let request = observed.request
    var found: [String] = []
    func compare(_ what: String, _ wanted: String?, _ given: String) {
      guard let wanted, !Wildcard.matches(text: wanted, given) else { return }
      found.append("\(what): expected \(wanted), came \(given)")
    }
    compare("method", method, request.method)
    compare("address", place, request.place)
    compare("path", path, request.path)
    if let query {
      found += Self.differences("parameter", query, request.query.map { Field(name: $0.name, value: $0.value) }.sorted())
    }
    for header in headers {
      let given = request.header(header.name)
      if given.map({ Wildcard.matches(text: header.value, $0) }) != true {
        found.append("header \(header.name): expected \(header.value), came \(given ?? "nothing")")
      }
    }
    if let form { found += Self.differences("field", form, request.form.map { Field(name: $0.name, value: $0.value) }.sorted()) }
    if let body {
      let given = body.string != nil ? .string(request.bodyText) : request.json ?? .string(request.bodyText)
      found += ValueComparison().differences(body, given).map { "body: \($0.sentence)" }
    }
    return found
  }

  /// Whether a request that differs is probably the one that was meant.
  func isAlike(_ observed: ObservedRequest) -> Bool {
    method == observed.request.method
      && (path ?? place).map { $0 == observed.request.path || $0 == observed.request.place } ?? true
  }

  private static func differences(_ kind: String, _ wanted: [Field], _ given: [Field]) -> [String] {
    var left = given
    var open: [Field] = []
    for field in wanted {
      if let place = left.firstIndex(where: { $0.name == field.name && Wildcard.matches(text: field.value, $0.value) }) {
        left.remove(at: place)
      } else {
        open.append(field)
      }
    }
    var found: [String] = []
    for field in open {
      if let place = left.firstIndex(where: { $0.name == field.name }) {
        found.append("\(kind) \(field.name): expected \(field.value), came \(left[place].value)")
        left.remove(at: place)
      } else {
        found.append("\(kind) \(field.name): expected \(field.value), came nothing")
      }
    }
    return found + left.map { "\(kind) \($0.name): expected nothing, came \($0.value)" }
  }
}

extension Wildcard {
  /// Whether a text is the one that was expected, or what it stands for.
  static func matches(text wanted: String, _ given: String) -> Bool {
    if wanted.hasPrefix(prefix) { return matches(wanted, .string(given)) }
    return wanted == given || wanted.contains(masked) && matches(masked: wanted, given)
  }
}
