import AirbyteProtocol
import JSON

extension TestRead {
  /// The message that the reference's `test_read` command answers with.
  /// - Parameter time: in milliseconds since the epoch.
  package func message(emittedAt time: Int) -> JSONValue {
    ["type": "RECORD", "record": ["stream": .string(stream), "data": .object(json), "emitted_at": .int(time)]]
  }

  /// The data of that message. As in the reference, members without a value are left out.
  package var json: JSONObject {
    var json: JSONObject = [
      "logs": .array(logs.map(\.json)), "slices": .array(slices.map(\.json)), "test_read_limit_reached": .bool(isLimited),
      "auxiliary_requests": .array(auxiliaryRequests.map(\.json)),
    ]
    json["inferred_schema"] = schema.map { .object($0) }
    json["inferred_datetime_formats"] = .object(datetimeFormats)
    json["latest_config_update"] = configUpdate.map { .object($0) }
    return json
  }
}

extension TestRead.LogLine {
  fileprivate var json: JSONValue {
    [
      "message": .string(message), "level": .string(level.rawValue), "internal_message": detail.map { .string($0) } ?? .null,
      "stacktrace": stackTrace.map { .string($0) } ?? .null,
    ]
  }
}

extension TestRead.Slice {
  fileprivate var json: JSONValue {
    [
      "pages": .array(pages.map(\.json)),
      // As in the reference, of a stream that is not cut this is a text.
      "slice_descriptor": descriptor.isEmpty ? "{}" : .object(descriptor),
      "state": state.map { [.object($0)] } ?? [], "auxiliary_requests": .array(jobRequests.map(\.json)),
    ]
  }
}

extension TestRead.Page {
  fileprivate var json: JSONValue {
    [
      "records": .array(records.map { .object($0) }), "request": exchange?.request.json ?? .null,
      "response": exchange?.response.json ?? .null,
    ]
  }
}

extension TestRead.AuxiliaryRequest {
  fileprivate var json: JSONValue {
    [
      "title": .string(purpose.title), "type": .string(purpose.kind.rawValue), "description": .string(purpose.description),
      "request": exchange.request.json, "response": exchange.response.json,
    ]
  }
}

extension TestRead.Request {
  fileprivate var json: JSONValue {
    [
      "url": .string(url), "headers": .object(TestRead.Header.object(headers)), "http_method": .string(method),
      "body": body.map { .string($0) } ?? .null,
    ]
  }
}

extension TestRead.Response {
  fileprivate var json: JSONValue {
    ["status": .int(status), "body": .string(body), "headers": .object(TestRead.Header.object(headers))]
  }
}

extension TestRead.Header {
  /// Repeated headers are joined, as clients do.
  fileprivate static func object(_ headers: [TestRead.Header]) -> JSONObject {
    var object: JSONObject = [:]
    var spellings: [String: String] = [:]
    for header in headers {
      let name = spellings[header.name.lowercased(), default: header.name]
      spellings[header.name.lowercased()] = name
      object[name] = .string(object[name]?.string.map { "\($0), \(header.value)" } ?? header.value)
    }
    return object
  }
}
