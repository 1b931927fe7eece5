import ConnectorModel
import Essentials
import JSON
import JSONSchema
import Python

/// Reads stubs in the form of MockServer's expectations.
struct MockServerExpectations {
  let now: Int64

  /// One expectation or a list of them.
  /// - Throws: ``StubError`` that says which one cannot be used.
  func stubs(in node: SourceNode) throws -> [Stub] {
    try (node.elements ?? [node]).map(stub)
  }

  private static let actions = [
    "httpResponse", "httpError", "httpForward", "httpOverrideForwardedRequest", "httpResponseTemplate", "httpForwardTemplate",
    "httpResponseClassCallback", "httpResponseObjectCallback", "httpForwardClassCallback", "httpForwardObjectCallback",
  ]

  private func stub(_ node: SourceNode) throws -> Stub {
    try node.check(Set(["id", "priority", "httpRequest", "times", "timeToLive"] + Self.actions), in: "An expectation")
    let answer: MockAnswer
    switch Self.actions.filter({ node[$0] != nil }) {
    case ["httpResponse"]: answer = try Self.answer(node["httpResponse"] ?? node)
    case ["httpError"]: answer = try Self.failing(node["httpError"] ?? node)
    case let others:
      if let other = others.first(where: { $0 != "httpResponse" && $0 != "httpError" }), let place = node[other] {
        throw place.failure("This mock has no `\(other)`: give an `httpResponse` or an `httpError`")
      }
      throw node.failure("An expectation needs one of `httpResponse` and `httpError`")
    }
    var source = node.value
    let id = try node.string("id") ?? UUID().uuidString.lowercased()
    source["id"] = .string(id)
    return Stub(
      id: id, priority: try node.int("priority") ?? 0, condition: try node["httpRequest"].map(Self.condition) ?? .all([]),
      answer: answer, remaining: try Self.times(node["times"]), end: try end(node["timeToLive"]), source: source)
  }

  private static func times(_ node: SourceNode?) throws -> Int? {
    guard let node, try node.bool("unlimited") != true else { return nil }
    return try node.int("remainingTimes")
  }

  private func end(_ node: SourceNode?) throws -> Int64? {
    guard let node, try node.bool("unlimited") != true, let number = try node.int("timeToLive") else { return nil }
    return now + Int64(Double(number) * (try Self.unit(node)) * 1_000_000)
  }

  /// How many seconds a unit of time has.
  private static func unit(_ node: SourceNode) throws -> Double {
    switch try node.string("timeUnit") ?? "MILLISECONDS" {
    case "DAYS": return 86_400
    case "HOURS": return 3_600
    case "MINUTES": return 60
    case "SECONDS": return 1
    case "MILLISECONDS": return 0.001
    case "MICROSECONDS": return 0.000_001
    case "NANOSECONDS": return 0.000_000_001
    case let other:
      throw (node["timeUnit"] ?? node).failure("`timeUnit` is `\(other)`, but should be SECONDS, MILLISECONDS or the like")
    }
  }

  private static func delay(_ node: SourceNode?) throws -> Double {
    guard let node, let value = node["value"] else { return 0 }
    guard let number = value.value.double, number >= 0 else { throw value.failure("`value` of a delay should be a number") }
    return number * (try unit(node))
  }

  // MARK: Requests

  /// What an `httpRequest` wants.
  static func condition(_ node: SourceNode) throws -> RequestCondition {
    try node.check(
      [
        "method", "path", "pathParameters", "queryStringParameters", "headers", "cookies", "body", "secure", "keepAlive",
        "socketAddress", "not", "protocol", "localAddress", "remoteAddress",
      ], in: "An `httpRequest`")
    var conditions: [RequestCondition] = []
    if let method = node["method"] { conditions.append(.method(try text(method))) }
    if let path = node["path"] {
      if let parameters = node["pathParameters"], let template = path.value.string {
        let wanted = try pairs(parameters).flatMap { pair in try pair.values.map { (pair.name, try text($0)) } }
        conditions.append(.pathTemplate(PathTemplate(template), wanted))
      } else {
        conditions.append(.path(try text(path)))
      }
    }
    if let fields = node["queryStringParameters"] { conditions.append(.parameters(try self.fields(fields))) }
    if let fields = node["headers"] { conditions.append(.headers(try self.fields(fields))) }
    if let fields = node["cookies"] { conditions.append(.cookies(try self.fields(fields))) }
    if let body = node["body"] { conditions.append(.body(try self.body(body))) }
    let whole = RequestCondition.all(conditions)
    return try node.bool("not") == true ? .not(whole) : whole
  }

  /// A text, a regular expression, or a JSON schema.
  private static func text(_ node: SourceNode) throws -> TextCondition {
    if let text = node.value.string { return self.text(text) }
    guard node.value.object != nil else {
      guard node.value.array == nil else { throw node.failure("A text or a schema is expected here") }
      return .equal(node.value.jsonText)
    }
    let isNegated = try node.bool("not") ?? false
    let inner: TextCondition
    if let value = try node.string("value") { inner = text(value) } else { inner = .schema(try schema(node["schema"] ?? node)) }
    return isNegated ? .not(inner) : inner
  }

  private static func text(_ text: String) -> TextCondition {
    if text.hasPrefix("!") { return .not(self.text(String(text.dropFirst()))) }
    return .equalOrMatching(text, try? TextCondition.whole(text))
  }

  private static func schema(_ node: SourceNode) throws -> JSONSchema {
    var value = node.value
    if let text = value.string, let parsed = try? JSONValue(parsing: text) { value = parsed }
    value["not"] = value["not"]?.bool == nil ? value["not"] : nil
    do { return try JSONSchema(sound: value) } catch { throw node.failure("This is not a JSON schema: \(error)") }
  }

  /// Names and their values: an object, or a list of objects with `name` and `values`.
  private static func pairs(_ node: SourceNode) throws -> [(name: String, node: SourceNode, values: [SourceNode])] {
    if let elements = node.elements {
      return try elements.map { element in
        guard let name = try element.string("name") else { throw element.failure("A `name` is missing here") }
        return (name, element, element["values"]?.elements ?? (element["value"].map { [$0] } ?? []))
      }
    }
    guard let members = node.members else { throw node.failure("An object of names and values is expected here") }
    return members.filter { $0.key != "keyMatchStyle" }.map { key, value in (key, value, value.elements ?? [value]) }
  }

  private static func fields(_ node: SourceNode) throws -> FieldConditions {
    let matchesAll = try node.elements == nil && node.string("keyMatchStyle") == "MATCHING_KEY"
    return FieldConditions(
      fields: try pairs(node).map { name, _, values in
        var name = name
        let isAbsent = name.hasPrefix("!")
        let isOptional = name.hasPrefix("?")
        if isAbsent || isOptional { name.removeFirst() }
        return FieldConditions.Field(
          name: text(name), plainName: name, values: isAbsent ? [] : try values.map(text), isAbsent: isAbsent,
          isOptional: isOptional, holdsForAll: matchesAll)
      })
  }

  private static func body(_ node: SourceNode) throws -> BodyCondition {
    if let text = node.value.string { return .text(.equal(text)) }
    guard node.value.object != nil, let type = node["type"]?.value.string, type == type.uppercased() else {
      return .json(JSONCondition(wanted: node.value, allowsMore: true, ignoresOrder: true))
    }
    let condition = try self.body(node, of: type)
    return try node.bool("not") == true ? .not(condition) : condition
  }

  private static func body(_ node: SourceNode, of type: String) throws -> BodyCondition {
    func required(_ keys: String...) throws -> SourceNode {
      for key in keys { if let found = node[key] { return found } }
      throw node.failure("A body of the type \(type) needs `\(keys[0])`")
    }
    switch type {
    case "STRING":
      let text = try required("string").value.string ?? ""
      return .text(try node.bool("subString") == true ? .containing(text) : .equal(text))
    case "JSON":
      var wanted = try required("json").value
      if let text = wanted.string, let parsed = try? JSONValue(parsing: text) { wanted = parsed }
      let isStrict = try node.string("matchType") == "STRICT"
      return .json(JSONCondition(wanted: wanted, allowsMore: !isStrict, ignoresOrder: !isStrict))
    case "JSON_SCHEMA": return .schema(try schema(required("jsonSchema")))
    case "JSON_PATH":
      let path = try required("jsonPath")
      guard let query = path.value.string.flatMap({ JSONPathQuery($0) }) else {
        throw path.failure("This is not a JSONPath that the mock can follow")
      }
      return .path(query)
    case "REGEX":
      let pattern = try required("regex")
      guard let whole = try? TextCondition.whole(pattern.value.string ?? "") else {
        throw pattern.failure("This is not a regular expression")
      }
      return .text(.matching(whole))
    case "PARAMETERS": return .form(try fields(required("parameters")))
    case "BINARY":
      guard let data = Data(base64Encoded: try required("base64Bytes").value.string ?? "") else {
        throw node.failure("`base64Bytes` should be base64")
      }
      return .bytes(Array(data))
    case "XML", "XPATH", "XML_SCHEMA":
      throw node.failure("This mock does not compare XML: use a body of the type STRING or REGEX")
    default: throw node.failure("`type` of a body is `\(type)`, which MockServer does not have")
    }
  }

  // MARK: Answers

  private static func answer(_ node: SourceNode) throws -> MockAnswer {
    try node.check(
      ["statusCode", "reasonPhrase", "headers", "cookies", "body", "delay", "connectionOptions"], in: "An `httpResponse`")
    var answer = MockAnswer(status: try node.int("statusCode") ?? 200)
    answer.reason = try node.string("reasonPhrase")
    for pair in try node["headers"].map(pairs) ?? [] {
      for value in pair.values { answer.headers.append((pair.name, value.value.string ?? value.value.jsonText)) }
    }
    for pair in try node["cookies"].map(pairs) ?? [] {
      for value in pair.values {
        answer.headers.append(("Set-Cookie", "\(pair.name)=\(value.value.string ?? value.value.jsonText)"))
      }
    }
    if let body = node["body"] { try add(body, to: &answer) }
    answer.delay = try delay(node["delay"])
    if let options = node["connectionOptions"] {
      answer.closesConnection = try options.bool("closeSocket") ?? false
      answer.announcedLength = try options.int("contentLengthHeaderOverride")
      answer.hidesLength = try options.bool("suppressContentLengthHeader") ?? false
      answer.chunkSize = try options.int("chunkSize")
    }
    return answer
  }

  private static func add(_ node: SourceNode, to answer: inout MockAnswer) throws {
    func add(_ bytes: [UInt8], _ type: String?) throws {
      answer.body = bytes
      if let type = try node.value.object == nil ? nil : node.string("contentType") ?? type,
        answer.headers.value(of: "Content-Type") == nil
      {
        answer.headers.append(("Content-Type", type))
      }
    }
    if let text = node.value.string { return try add(Array(text.utf8), nil) }
    switch node["type"]?.value.string {
    case "BINARY"?:
      guard let data = Data(base64Encoded: try node.string("base64Bytes") ?? "") else {
        throw node.failure("`base64Bytes` should be base64")
      }
      try add(Array(data), "application/octet-stream")
    case "STRING"?: try add(Array((try node.string("string") ?? "").utf8), "text/plain; charset=utf-8")
    case "XML"?: try add(Array((try node.string("xml") ?? "").utf8), "application/xml; charset=utf-8")
    case "JSON"?:
      let json = node["json"]?.value ?? .null
      try add(Array((json.string ?? json.jsonText).utf8), "application/json")
    default: try add(Array(node.value.jsonText.utf8), "application/json")
    }
    if answer.headers.value(of: "Content-Type") == nil, node.value.string == nil {
      answer.headers.append(("Content-Type", "application/json"))
    }
  }

  private static func failing(_ node: SourceNode) throws -> MockAnswer {
    try node.check(["dropConnection", "responseBytes", "delay"], in: "An `httpError`")
    var answer = MockAnswer()
    answer.delay = try delay(node["delay"])
    if let text = try node.string("responseBytes") {
      guard let data = Data(base64Encoded: text) else { throw node.failure("`responseBytes` should be base64") }
      answer.damage = .bytes(Array(data))
    } else {
      answer.damage = .noAnswer
    }
    return answer
  }
}
