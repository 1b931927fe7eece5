import ConnectorModel
import Essentials
import JSON
import Python

/// Reads stubs in the form of WireMock's mappings.
struct WireMockMappings {
  /// Reads the content of a file that a mapping names.
  let bodyFile: (String) throws -> [UInt8]

  /// One mapping, or an object with `mappings`.
  /// - Throws: ``StubError`` that says which one cannot be used.
  func stubs(in node: SourceNode) throws -> [Stub] {
    // Of equal priority, what was added last is asked first.
    try (node["mappings"]?.elements ?? node.elements ?? [node]).map(stub).reversed()
  }

  private func stub(_ node: SourceNode) throws -> Stub {
    guard let request = node["request"] else { throw node.failure("A mapping needs a `request`") }
    guard let response = node["response"] else { throw node.failure("A mapping needs a `response`") }
    let id = try node.string("id") ?? node.string("uuid") ?? UUID().uuidString.lowercased()
    let scenario = try node.string("scenarioName").map { name in
      Stub.Scenario(name: name, required: try node.string("requiredScenarioState"), next: try node.string("newScenarioState"))
    }
    return Stub(
      id: id, priority: -(try node.int("priority") ?? 5), condition: try condition(request), answer: try answer(response),
      scenario: scenario, source: node.value)
  }

  // MARK: Requests

  private func condition(_ node: SourceNode) throws -> RequestCondition {
    try node.check(
      [
        "method", "url", "urlPattern", "urlPath", "urlPathPattern", "urlPathTemplate", "queryParameters", "pathParameters",
        "headers",
        "cookies", "basicAuth", "basicAuthCredentials", "bodyPatterns", "formParameters",
      ], in: "A `request`")
    var conditions: [RequestCondition] = []
    if let method = try node.string("method"), method != "ANY" { conditions.append(.method(.equal(method.uppercased()))) }
    if let url = try node.string("url") { conditions.append(.url(.equal(url))) }
    if let pattern = node["urlPattern"] { conditions.append(.url(.matching(try whole(pattern)))) }
    if let path = try node.string("urlPath") { conditions.append(.path(.equal(path))) }
    if let pattern = node["urlPathPattern"] { conditions.append(.path(.matching(try whole(pattern)))) }
    if let template = try node.string("urlPathTemplate") {
      let wanted = try (node["pathParameters"]?.members ?? []).map { ($0.key, try text($0.node)) }
      conditions.append(.pathTemplate(PathTemplate(template), wanted))
    }
    if let fields = node["queryParameters"] { conditions.append(.parameters(try self.fields(fields))) }
    if let fields = node["headers"] { conditions.append(.headers(try self.fields(fields))) }
    if let fields = node["cookies"] { conditions.append(.cookies(try self.fields(fields))) }
    if let fields = node["formParameters"] { conditions.append(.form(try self.fields(fields))) }
    if let login = node["basicAuth"] ?? node["basicAuthCredentials"] {
      let pair = "\(try login.string("username") ?? ""):\(try login.string("password") ?? "")"
      let value = TextCondition.equal("Basic " + Data(pair.utf8).base64EncodedString())
      conditions.append(
        .headers(.init(fields: [.init(name: .equal("Authorization"), plainName: "Authorization", values: [value])])))
    }
    for pattern in node["bodyPatterns"]?.elements ?? [] { conditions.append(.body(.text(try text(pattern)))) }
    return .all(conditions)
  }

  private func whole(_ node: SourceNode) throws -> PythonPattern {
    guard let text = node.value.string, let pattern = try? TextCondition.whole(text) else {
      throw node.failure("This is not a regular expression")
    }
    return pattern
  }

  private func fields(_ node: SourceNode) throws -> FieldConditions {
    guard let members = node.members else { throw node.failure("An object of names and conditions is expected here") }
    return FieldConditions(
      fields: try members.map { name, condition in
        var field = FieldConditions.Field(name: .equal(name), plainName: name)
        field.isAbsent = try condition.bool("absent") ?? false
        if let each = condition["hasExactly"]?.elements ?? condition["includes"]?.elements {
          field.values = try each.map(text)
        } else if !field.isAbsent {
          field.values = [try text(condition)]
        }
        return field
      })
  }

  private static let keys: Set<String> = [
    "equalTo", "caseInsensitive", "contains", "doesNotContain", "matches", "doesNotMatch", "equalToJson", "ignoreArrayOrder",
    "ignoreExtraElements", "matchesJsonPath", "binaryEqualTo", "anything", "and", "or", "not", "absent",
  ]

  /// What one text has to be.
  private func text(_ node: SourceNode) throws -> TextCondition {
    if let text = node.value.string { return .equal(text) }
    try node.check(Self.keys, in: "A condition")
    var conditions: [TextCondition] = []
    if let text = try node.string("equalTo") {
      conditions.append(.equal(text, ignoringCase: try node.bool("caseInsensitive") ?? false))
    }
    if let text = try node.string("contains") { conditions.append(.containing(text)) }
    if let text = try node.string("doesNotContain") { conditions.append(.not(.containing(text))) }
    if let pattern = node["matches"] { conditions.append(.matching(try whole(pattern))) }
    if let pattern = node["doesNotMatch"] { conditions.append(.not(.matching(try whole(pattern)))) }
    if let json = node["equalToJson"] {
      var wanted = json.value
      if let text = wanted.string {
        guard let parsed = try? JSONValue(parsing: text) else { throw json.failure("`equalToJson` should be JSON") }
        wanted = parsed
      }
      conditions.append(
        .json(
          JSONCondition(
            wanted: wanted, allowsMore: try node.bool("ignoreExtraElements") ?? false,
            ignoresOrder: try node.bool("ignoreArrayOrder") ?? false)))
    }
    if let path = node["matchesJsonPath"] { conditions.append(try self.path(path)) }
    if let text = try node.string("binaryEqualTo") { conditions.append(.base64(text)) }
    if let parts = node["and"]?.elements { conditions.append(.all(try parts.map(text))) }
    if let parts = node["or"]?.elements { conditions.append(.any(try parts.map(text))) }
    if let part = node["not"] { conditions.append(.not(try text(part))) }
    return conditions.count == 1 ? conditions[0] : .all(conditions)
  }

  private func path(_ node: SourceNode) throws -> TextCondition {
    let expression = try node.value.string ?? node.string("expression") ?? ""
    guard let query = JSONPathQuery(expression) else {
      throw node.failure("`\(expression)` is not a JSONPath that the mock can follow")
    }
    guard let members = node.members else { return .path(query, nil) }
    var inner = JSONObject(members.filter { $0.key != "expression" }.map { ($0.key, $0.node.value) }, uniquingKeysWith: { $1 })
    guard !inner.isEmpty else { return .path(query, nil) }
    inner["expression"] = nil
    return .path(query, try text(SourceNode(parsing: Array(JSONValue.object(inner).jsonText.utf8), name: node.place)))
  }

  // MARK: Answers

  private func answer(_ node: SourceNode) throws -> MockAnswer {
    try node.check(
      [
        "status", "statusMessage", "headers", "body", "jsonBody", "base64Body", "bodyFileName", "fixedDelayMilliseconds",
        "delayDistribution", "chunkedDribbleDelay", "fault",
      ], in: "A `response`")
    var answer = MockAnswer(status: try node.int("status") ?? 200)
    answer.reason = try node.string("statusMessage")
    for (name, value) in node["headers"]?.members ?? [] {
      for one in value.elements ?? [value] { answer.headers.append((name, one.value.string ?? one.value.jsonText)) }
    }
    if let text = try node.string("body") { answer.body = Array(text.utf8) }
    if let json = node["jsonBody"] {
      answer.body = Array(json.value.jsonText.utf8)
      if answer.headers.value(of: "Content-Type") == nil { answer.headers.append(("Content-Type", "application/json")) }
    }
    if let base64 = node["base64Body"] {
      guard let data = Data(base64Encoded: base64.value.string ?? "") else {
        throw base64.failure("`base64Body` should be base64")
      }
      answer.body = Array(data)
    }
    if let file = node["bodyFileName"], let name = file.value.string {
      do { answer.body = try bodyFile(name) } catch {
        throw file.failure("The file `\(name)` of this answer cannot be read: \(error)")
      }
    }
    answer.delay = Double(try node.int("fixedDelayMilliseconds") ?? 0) / 1000
    if let range = node["delayDistribution"] {
      let (lower, upper) = (
        try range.int("lower") ?? range.int("median") ?? 0, try range.int("upper") ?? range.int("median") ?? 0
      )
      answer.delay += Double(lower + upper) / 2000
    }
    if let slow = node["chunkedDribbleDelay"] {
      let parts = max(try slow.int("numberOfChunks") ?? 1, 1)
      answer.damage = .slow(Double(try slow.int("totalDuration") ?? 0) / 1000 / Double(parts))
    }
    if let fault = node["fault"] { answer.damage = try damage(fault) }
    return answer
  }

  private func damage(_ node: SourceNode) throws -> MockAnswer.Damage {
    switch node.value.string {
    case "EMPTY_RESPONSE"?, "CONNECTION_RESET_BY_PEER"?: return .noAnswer
    case "MALFORMED_RESPONSE_CHUNK"?:
      return .bytes(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk".utf8))
    case "RANDOM_DATA_THEN_CLOSE"?: return .bytes(Array("neither a head nor a body".utf8))
    default:
      throw node.failure(
        "`fault` should be EMPTY_RESPONSE, MALFORMED_RESPONSE_CHUNK, RANDOM_DATA_THEN_CLOSE or CONNECTION_RESET_BY_PEER")
    }
  }
}
