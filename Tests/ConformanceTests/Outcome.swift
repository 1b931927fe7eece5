import JSON

/// What a command did: the messages it printed, the requests it made, its exit status and its waits.
struct Outcome {
  /// The lines on stdout.
  let lines: [String]
  /// Requests as in `requests.json`, with `times` where that is not 1.
  let requests: [JSONValue]
  let exit: Int
  let sleeps: [Double]

  /// What is compared, in a form that does not change from run to run; the rules are those of `outcome.py`.
  ///
  /// - Parameters:
  ///   - partitions: by stream, the fields of a record that tell partitions apart.
  ///   - uncounted: canonical texts of the requests whose number is free.
  func facts(partitions: [String: [String]], uncounted: Set<String>) -> JSONValue {
    var streams: [String: StreamFacts] = [:]
    var errors: [JSONValue] = []
    var others: [JSONValue] = []
    for line in lines {
      guard let message = try? JSONValue(parsing: line), message["type"]?.string != nil else {
        others.append(.string("no message: \(line)"))
        continue
      }
      switch Message(message) {
      case .record(let stream, let record):
        streams[stream, default: StreamFacts()].add(record: record, fields: partitions[stream] ?? [])
      case .state(let stream, let state):
        streams[stream, default: StreamFacts()].add(state: state)
      case .status(let stream, let status):
        streams[stream, default: StreamFacts()].statuses.append(status)
      case .error(let stream, let failure):
        errors.append(.array([stream.map(JSONValue.string) ?? .null, failure]))
      case .other(let message):
        others.append(message)
      case .uncompared:
        break
      }
    }
    others += streams.flatMap { name, facts in facts.complaints.map { .string("\(name): \($0)") } }
    return [
      "messages": [
        "streams": .object(JSONObject(uniqueKeysWithValues: streams.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })),
        "errors": .array(errors.sorted { $0.canonicalText < $1.canonicalText }),
        "others": .array(others),
      ],
      "requests": requestFacts(uncounted: uncounted),
      "failed": .bool(exit != 0),
      // Microseconds are as fine as the clock is.
      "sleeps": .array(sleeps.sorted().map { .double(($0 * 1_000_000).rounded() / 1_000_000) }),
    ]
  }

  /// By stream, the records less those that its STATE messages count all together; without streams where that is none.
  var uncountedRecords: [String: Double] {
    var rest: [String: Double] = [:]
    for line in lines {
      switch (try? JSONValue(parsing: line)).map(Message.init) {
      case .record(let stream, _): rest[stream, default: 0] += 1
      case .state(let stream, let state): rest[stream, default: 0] -= state["sourceStats"]?["recordCount"]?.double ?? 0
      default: break
      }
    }
    return rest.filter { $0.value != 0 }
  }

  /// The canonical texts of the requests that may be made any number of times.
  var uncountedRequests: Set<String> {
    Set(requests.filter { $0["times"]?.string == "any" }.map { $0.without("times").canonicalText })
  }

  private func requestFacts(uncounted: Set<String>) -> JSONValue {
    var counts: [String: Int] = [:]
    for request in requests {
      counts[request.without("times").canonicalText, default: 0] += request["times"]?.int ?? 1
    }
    return .object(
      JSONObject(
        uniqueKeysWithValues: counts.sorted { $0.key < $1.key }.map { text, count in
          (text, uncounted.contains(text) ? "any number" : .int(count))
        }))
  }
}

/// What is compared of one stream.
private struct StreamFacts {
  var statuses: [JSONValue] = []
  private(set) var complaints: [String] = []
  private var records: [String: [JSONValue]] = [:]
  private var state: JSONValue = .null
  private var states = 0
  private var counted = 0.0
  private var sinceState = 0.0

  mutating func add(record: JSONValue, fields: [String]) {
    let partition = JSONValue.array(fields.map { record["data"]?[$0] ?? .null }).canonicalText
    records[partition, default: []].append(record)
    sinceState += 1
  }

  mutating func add(state message: JSONValue) {
    let count = message["sourceStats"]?["recordCount"]?.double ?? -1
    if count != sinceState { complaints.append("a STATE counts \(count) records after \(sinceState)") }
    sinceState = 0
    counted += count
    states += 1
    state = message["stream"] ?? .null
  }

  var json: JSONValue {
    [
      "records": .object(JSONObject(uniqueKeysWithValues: records.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value)) })),
      "statuses": .array(statuses),
      "state": state,
      "states": .int(states),
      "counted": .double(counted),
    ]
  }
}
