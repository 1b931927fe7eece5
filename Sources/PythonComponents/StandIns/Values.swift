import ConnectorModel
import JSON

extension StreamSlice {
  /// The slice as the protocol has it.
  var hostValue: JSONValue {
    .object(["partition": .object(partition), "cursor_slice": .object(cursorSlice), "extra_fields": .object(extraFields)])
  }

  /// A slice that a component made.
  convenience init(host value: JSONValue) {
    self.init(
      partition: value["partition"]?.object ?? [:], cursorSlice: value["cursor_slice"]?.object ?? [:],
      extraFields: value["extra_fields"]?.object ?? [:])
  }
}

extension RequestParts {
  /// What a component adds to a request.
  init(host reply: HostReply) {
    self.init()
    parameters = reply["params"]?.object ?? [:]
    headers = reply["headers"]?.object ?? [:]
    bodyJSON = reply["body_json"]?.object ?? [:]
    switch reply["body_data"] {
    case .string(let text)?: bodyData = .string(text)
    case .object(let fields)?: bodyData = .object(fields)
    default: break
    }
  }

  /// The same as the protocol has it.
  var hostFields: JSONObject {
    ["headers": .object(headers), "params": .object(parameters), "body_data": bodyData, "body_json": .object(bodyJSON)]
  }
}

extension HTTPRequest {
  /// The request without its body, as the protocol has it.
  var hostValue: JSONValue {
    .object([
      "method": .string(method), "url": .string(url),
      "headers": .array(headers.map { .array([.string($0.name), .string($0.value)]) }), "has_body": .bool(body != nil),
    ])
  }
}

extension JSONValue {
  /// Headers in their order, as the protocol has them.
  var hostHeaders: [HTTPHeaders.Header] {
    (array ?? []).compactMap { pair in
      guard let elements = pair.array, elements.count == 2, let name = elements[0].string, let value = elements[1].string else {
        return nil
      }
      return (name, value)
    }
  }
}
