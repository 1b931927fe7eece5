import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Secrets
import Synchronization

/// Takes in what a test read sends, answers and writes.
package final class TestReadRecorder: MessageSink, TrialObserver {
  private struct State {
    /// The stream that is read; empty before the read.
    var stream = ""
    var grouping = TestReadGrouping()
    var result: TestRead
    var schema = SchemaInference()
    var formats = DatetimeFormatInference()
  }

  private let state: Mutex<State>

  package init(limits: TestRead.Limits) {
    state = Mutex(State(result: TestRead(stream: "", limits: limits)))
  }

  /// The stream is known, and is read from here on.
  package func read(_ stream: String) {
    state.withLock { state in
      state.stream = stream
      state.result.stream = stream
    }
  }

  // MARK: TrialObserver

  package func begins(_ slice: StreamSlice) {
    state.withLock { $0.grouping.begin(slice.merged) }
  }

  package func answered(_ response: HTTPResponse, to request: HTTPRequest, _ action: ResponseAction) {
    let exchange = TestRead.Exchange(request, response)
    state.withLock { state in
      switch RequestPurpose(request.origin, action, in: state.stream) {
      case .page: state.grouping.add(exchange)
      case .auxiliary(let purpose):
        let request = TestRead.AuxiliaryRequest(purpose: purpose, exchange: exchange)
        if purpose.kind.isOfJob { state.grouping.add(ofJob: request) } else { state.result.auxiliaryRequests.append(request) }
      case .other: break
      }
    }
  }

  // MARK: MessageSink

  package func put(_ message: Message) {
    state.withLock { state in
      switch message {
      case .log(let level, let text, _): state.result.logs.append(TestRead.LogLine(level: level, message: text))
      case .error(let error, _):
        state.result.logs.append(
          TestRead.LogLine(
            level: .error, message: error.message, detail: error.internalMessage, stackTrace: error.stackTrace))
      case .state(let stream, let value, let count): state.grouping.keep(Self.json(stream, value, count))
      case .control(let config, _): state.result.configUpdate = config.filter { !$0.key.hasPrefix("__") }
      case .spec, .connectionStatus, .catalog, .globalState, .status: break
      }
    }
  }

  package func put(_ records: [Record], of stream: StreamDescriptor, emittedAt time: Int) {
    let objects = records.map(\.fields)
    state.withLock { state in
      state.grouping.add(objects)
      for record in objects {
        state.schema.add(record)
        state.formats.add(record)
      }
    }
  }

  package func drain() {}

  /// The state as the reference shows it.
  private static func json(_ stream: StreamDescriptor, _ value: JSONObject, _ count: Int) -> JSONObject {
    [
      "type": "STREAM",
      "stream": [
        "stream_descriptor": ["name": .string(stream.name), "namespace": stream.namespace.map { .string($0) } ?? .null],
        "stream_state": .object(value),
      ],
      "global_": .null, "data": .null, "sourceStats": ["recordCount": .double(Double(count))], "destinationStats": .null,
    ]
  }

  // MARK: The result

  /// What was read, without secrets in all but records, states and configs.
  /// - Parameters:
  ///   - keys: the paths of the fields that every record has: the primary key's, and the cursor's.
  ///   - error: what ended the read; nil if it came to its end.
  ///   - failed: whether the read ended by a summary of what was reported before, which says nothing more of a single stream.
  package func finish(
    requiring keys: [[String]], error: ConnectorError? = nil, summarizes failed: Bool = false, hiding mask: any Secrets
  ) -> TestRead {
    state.withLock { state in
      state.grouping.finish()
      var result = state.result
      if failed, let last = result.logs.lastIndex(where: { $0.level == .error }) { result.logs.remove(at: last) }
      if let error {
        result.logs.append(
          TestRead.LogLine(
            level: .error, message: mask.masked(error.sentence),
            detail: mask.masked("\(error.internalMessage ?? error.sentence)\(error.mark.map { " (\($0))" } ?? "")")))
      }
      result.slices = state.grouping.slices
      if var schema = state.schema.schema {
        for mistake in schema.require(keys) { result.logs.append(TestRead.LogLine(level: .error, message: mistake)) }
        result.schema = schema.json
      }
      result.datetimeFormats = state.formats.formats
      return result.masked(by: mask)
    }
  }
}

extension TestRead.Exchange {
  fileprivate init(_ request: HTTPRequest, _ response: HTTPResponse) {
    self.init(
      request: TestRead.Request(
        method: request.method, url: request.url,
        headers: request.headers.map { TestRead.Header(name: $0.name, value: $0.value) },
        body: request.body.map { String(decoding: $0, as: UTF8.self) }),
      response: TestRead.Response(
        status: response.status, headers: response.headers.map { TestRead.Header(name: $0.name, value: $0.value) },
        body: response.text))
  }
}

extension HTTPResponse {
  /// The body as a text, whatever it is.
  fileprivate var text: String {
    if let text = String(validating: body, as: UTF8.self) { return text }
    let transcoded = charset.flatMap { TextEncoding.transcoded(JSONBytes(body), from: $0, replacesInvalid: true) }
    return transcoded?.string ?? String(decoding: body, as: UTF8.self)
  }
}

extension TestRead {
  /// The same without secrets in what was sent and answered.
  fileprivate func masked(by mask: any Secrets) -> TestRead {
    var result = self
    for slice in result.slices.indices {
      result.slices[slice].descriptor = slices[slice].descriptor.mapValues { $0.masked(by: mask) }
      for page in result.slices[slice].pages.indices { result.slices[slice].pages[page].exchange?.mask(by: mask) }
      for job in result.slices[slice].jobRequests.indices { result.slices[slice].jobRequests[job].exchange.mask(by: mask) }
    }
    for place in result.auxiliaryRequests.indices { result.auxiliaryRequests[place].exchange.mask(by: mask) }
    return result
  }
}

extension TestRead.Exchange {
  fileprivate mutating func mask(by mask: any Secrets) {
    request.url = mask.masked(request.url)
    request.body = request.body.map(mask.masked)
    response.body = mask.masked(response.body)
    request.headers = request.headers.map { $0.masked(by: mask) }
    response.headers = response.headers.map { $0.masked(by: mask) }
  }
}

extension TestRead.Header {
  /// How credentials begin, which is no secret (RFC 9110 §11.4).
  private static let schemes = ["Bearer", "Basic", "Token", "Digest"]

  fileprivate func masked(by mask: any Secrets) -> Self {
    var shown = mask.masked(value)
    if shown != value, name.lowercased() == "authorization",
      let scheme = Self.schemes.first(where: { value.lowercased().hasPrefix($0.lowercased() + " ") })
    {
      shown = "\(scheme) \(SecretMask.replacement)"
    }
    return Self(name: mask.masked(name), value: shown)
  }
}

extension JSONValue {
  fileprivate func masked(by mask: any Secrets) -> JSONValue {
    switch self {
    case .string(let text): .string(mask.masked(text))
    case .array(let elements): .array(elements.map { $0.masked(by: mask) })
    case .object(let members): .object(members.mapValues { $0.masked(by: mask) })
    default: self
    }
  }
}
