import AirbyteProtocol
import Authoring
import ConnectorModel
import Engine
import JSON
import Manifest
import Secrets
import Traffic

/// Asks each endpoint of a described connector once, and completes the description by what is answered.
///
/// The requests are those that the finished connector would make, with its authentication, but for paging and cursors.
package struct Look: Sendable {
  /// What came of it.
  package struct Outcome: Sendable {
    package var description: ConnectorDescription
    /// What could not be looked at, in a sentence each, without secrets.
    package var problems: [String] = []
    /// The streams whose endpoint was answered.
    package var seen: [String] = []
  }

  private let config: JSONObject
  private let surroundings: TrafficRun.Surroundings
  private let mask: SecretMask
  private let environment: [String: String]

  /// - Parameters:
  ///   - config: of the connector, with its credentials. They are sent and never written.
  ///   - surroundings: the clock and the network.
  ///   - mask: hides the credentials in what is said.
  package init(
    config: JSONObject, surroundings: TrafficRun.Surroundings, hiding mask: SecretMask, environment: [String: String] = [:]
  ) {
    self.config = config
    self.surroundings = surroundings
    self.mask = mask
    self.environment = environment
  }

  /// - Parameters:
  ///   - decided: what of each stream the author has said, by the stream's name.
  ///   - streams: those to look at; nil for all of them.
  package func look(
    at description: ConnectorDescription, decided: [String: Set<StreamInference.Part>] = [:], streams: Set<String>? = nil
  ) async throws -> Outcome {
    var outcome = Outcome(description: description)
    var known = KnownValues()
    for name in Self.order(description.streams) {
      guard let number = outcome.description.streams.firstIndex(where: { $0.name == name }) else { continue }
      let isWanted = streams?.contains(name) ?? true
      // A parent is asked for the sake of its children.
      guard isWanted || outcome.description.streams.contains(where: { $0.hasParent(name) && streams?.contains($0.name) ?? true })
      else { continue }
      known.choosePartitionKeys(of: &outcome.description.streams[number], among: outcome.description.streams)
      var stream = outcome.description.streams[number]
      guard stream.job == nil else { continue }
      guard let values = known.values(for: stream) else {
        outcome.problems.append(
          "\(stream.label) was not asked, because nothing is known that it could be asked for: its parent has no records.")
        continue
      }
      switch try await answer(of: stream, with: values, in: outcome.description) {
      case .failure(let problem): outcome.problems.append(problem.sentence)
      case .success(let answer):
        var inference = stream
        StreamInference(decided: decided[name] ?? []).complete(&inference, from: answer)
        known.remember(inference, answer, values)
        if isWanted {
          stream = inference
          outcome.seen.append(name)
        }
        outcome.description.streams[number] = stream
      }
    }
    return outcome
  }

  /// The names of streams, parents first.
  private static func order(_ streams: [StreamDescription]) -> [String] {
    var ordered: [String] = []
    func add(_ stream: StreamDescription, _ way: [String]) {
      guard !ordered.contains(stream.name), !way.contains(stream.name) else { return }
      for case .parent(let name, _, _) in stream.partitions {
        if let parent = streams.first(where: { $0.name == name }) { add(parent, way + [stream.name]) }
      }
      ordered.append(stream.name)
    }
    for stream in streams { add(stream, []) }
    return ordered
  }

  // MARK: Asking

  private struct Problem: Error { let sentence: String }

  private func answer(
    of stream: StreamDescription, with values: JSONObject, in description: ConnectorDescription
  ) async throws -> Result<SeenAnswer, Problem> {
    let recorder = TestReadRecorder(limits: limits)
    let writer = MessageWriter(sink: recorder, mask: mask, now: surroundings.now)
    var runtime = RuntimeEnvironment(
      now: surroundings.now, sleep: surroundings.sleep, random: surroundings.random,
      transport: PatientTransport(inner: surroundings.transport, seconds: Self.patience),
      log: RunLog(writer: writer, isDebugging: false), secrets: mask, environment: environment)
    runtime.trial = Trial(slices: limits.slices, pages: limits.pages, observer: recorder)
    var failure: ConnectorError?
    var isComplete = true
    do {
      var input = ConnectorInput()
      input.config = config
      let text = ManifestWriter(Self.trial(of: stream, with: values, in: description)).text
      let connector = try await Connector.load(.text(Array(text.utf8), name: "manifest.yaml"), input, runtime: runtime)
      recorder.read(stream.name)
      let wanted = [ConfiguredStream(descriptor: StreamDescriptor(name: stream.name), syncMode: .fullRefresh)]
      isComplete = try await connector.reading(wanted, states: [:]).readValidated(wanted, to: writer).isComplete
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      failure = ConnectorError(wrapping: error)
    }
    let result = recorder.finish(requiring: [], error: failure, summarizes: !isComplete, hiding: mask)
    guard let exchange = result.slices.first?.pages.first?.exchange else {
      let reason = result.logs.first { $0.level == .error || $0.level == .fatal }?.message ?? "there was no answer"
      return .failure(Problem(sentence: mask.masked("\(stream.label) could not be asked: \(reason)")))
    }
    let response = exchange.response
    guard (200..<300).contains(response.status) else {
      return .failure(
        Problem(sentence: mask.masked("\(stream.label) was answered with status \(response.status)\(Self.words(response.body))")))
    }
    let headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
    let body = try? JSONValue(parsing: Array(response.body.utf8))
    if body == nil, stream.format == .json {
      let kind = headers["Content-Type"].map { String($0.prefix { $0 != ";" }) } ?? "something else"
      let what = response.body.isEmpty ? "nothing" : kind.lowercased().hasSuffix("json") ? "JSON that is not valid" : kind
      return .failure(Problem(sentence: mask.masked("\(stream.label) was answered with \(what), and not with JSON")))
    }
    return .success(SeenAnswer(url: exchange.request.url, status: response.status, headers: headers, body: body))
  }

  /// Somebody is waiting: an API that is silent for so many seconds is left alone.
  private static let patience = 30.0

  private var limits: TestRead.Limits {
    var limits = TestRead.Limits()
    (limits.slices, limits.pages) = (1, 1)
    return limits
  }

  /// The beginning of an answer that is no good.
  private static func words(_ body: String) -> String {
    let text = CommentText.plain(body).split(separator: " ").joined(separator: " ")
    return text.isEmpty ? "" : ": \(text.count > 200 ? text.prefix(200) + "…" : text[...])"
  }

  /// A connector with that one stream, as it is before anything is known of its answers.
  private static func trial(
    of stream: StreamDescription, with values: JSONObject, in description: ConnectorDescription
  ) -> ConnectorDescription {
    var trial = stream
    trial.recordPath = []
    (trial.primaryKey, trial.schema, trial.notes) = ([], nil, [])
    (trial.cursor, trial.paging) = (nil, nil)
    if let size = stream.paging?.pageSize, let place = size.place {
      trial.parameters.append(RequestParameter(place, .literal(.int(size.size))))
    }
    trial.partitions = []
    trial.parameters = trial.parameters.map { parameter in
      guard case .partition(let field) = parameter.value, let value = values[field] else { return parameter }
      return RequestParameter(parameter.place, .literal(value))
    }
    for name in TemplateText.placeholders(of: trial.path) {
      if let value = values[name], !trial.parameters.contains(where: { $0.place == RequestPlace(.path, name) }) {
        trial.parameters.append(RequestParameter(RequestPlace(.path, name), .literal(value)))
      }
    }
    var alone = description
    (alone.streams, alone.checkedStream, alone.notes) = ([trial], nil, [])
    return alone
  }
}

/// A transport that gives up after some seconds of silence.
private struct PatientTransport: Transport {
  let inner: any Transport
  let seconds: Double

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    var request = request
    request.readTimeout = min(request.readTimeout, seconds)
    return try await inner.exchange(request)
  }
}

/// What was seen of parents: the values that stand for the partitions of their children.
private struct KnownValues {
  private var records: [String: JSONObject] = [:]
  private var contexts: [String: JSONObject] = [:]

  /// The values of a stream's partitions; nil where a parent has no record.
  func values(for stream: StreamDescription) -> JSONObject? {
    var values: JSONObject = [:]
    for partition in stream.partitions {
      switch partition {
      case .parent(let name, let key, let field):
        guard let value = records[name]?[key], value != .null else { return nil }
        values.merge(contexts[name] ?? [:]) { old, _ in old }
        values[field] = value
      case .list(let list, let field): values[field] = list.first.map { .string($0) } ?? .string("")
      // The trial has the template of the config's first value.
      case .configList: return nil
      }
    }
    return values
  }

  /// Corrects the keys of parents whose records do not have them.
  func choosePartitionKeys(of stream: inout StreamDescription, among streams: [StreamDescription]) {
    for (number, partition) in stream.partitions.enumerated() {
      guard case .parent(let name, let key, let field) = partition, let record = records[name], record[key] == nil,
        let parent = streams.first(where: { $0.name == name })
      else { continue }
      let better = ParentInference.key(of: parent, for: field)
      if record[better] != nil { stream.partitions[number] = .parent(stream: name, key: better, field: field) }
    }
  }

  mutating func remember(_ stream: StreamDescription, _ answer: SeenAnswer, _ values: JSONObject) {
    contexts[stream.name] = values
    let found = StreamInference.value(at: stream.recordPath, in: answer.body ?? .null)
    records[stream.name] = found.array?.first { $0.object != nil }?.object ?? found.object
  }
}

extension StreamDescription {
  /// The stream's request in a sentence.
  var label: String { "\(method) \(path)" }

  func hasParent(_ name: String) -> Bool {
    partitions.contains { if case .parent(name, _, _) = $0 { true } else { false } }
  }
}
