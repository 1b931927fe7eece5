import AirbyteProtocol
import ConnectorModel
import JSON
import Traffic

/// Begins a connector from a recording: each endpoint that gave a list becomes a stream.
package enum HAROrigin {
  private struct Exchange {
    var reading: RequestReading
    var answer: SeenAnswer
  }

  /// - Throws: ``ConnectorError`` if the file is no recording, or has nothing to read.
  package static func read(_ path: String) throws(ConnectorError) -> Origin {
    let file = try HARFile(path: path)
    var exchanges: [Exchange] = []
    for number in 0..<file.count {
      let entry = try file.entry(number)
      guard let exchange = exchange(entry) else { continue }
      exchanges.append(exchange)
    }
    guard let origin = mostFrequent(exchanges.map(\.reading.origin)) else {
      throw ConnectorError(
        .config,
        "The recording \(path) has no answer with records: it should hold requests of an API that were answered with lists in JSON"
      )
    }
    let others = Set(exchanges.map(\.reading.origin)).subtracting([origin]).sorted()
    let own = exchanges.filter { $0.reading.origin == origin }
    let base = PathSplit.base(of: own.map(\.reading.path))
    var description = ConnectorDescription(
      name: ConnectorNames.name(ofHost: origin), origin: "the recording \(path.split(separator: "/").last ?? "")",
      baseAddress: origin + base, authentication: own.map(\.reading.authentication).first { $0 != .none } ?? .none)
    var groups: [(key: String, exchanges: [Exchange])] = []
    for exchange in own {
      let key = "\(exchange.reading.stream.method) \(PathSplit.generalised(exchange.reading.path))"
      if let place = groups.firstIndex(where: { $0.key == key }) {
        groups[place].exchanges.append(exchange)
      } else {
        groups.append((key, [exchange]))
      }
    }
    for group in groups { description.streams.append(stream(group.exchanges, base: base, among: description.streams)) }
    description.configFields = own.flatMap(\.reading.secretFields).reduce(into: []) { fields, field in
      if !fields.contains(where: { $0.key == field.key }) { fields.append(field) }
    }
    ParentInference.complete(&description)
    if !others.isEmpty {
      description.notes.append(
        Note(.head, "The recording also has requests to \(ConnectorFolder.list(others)), which were left out."))
    }
    return Origin(description)
  }

  private static func exchange(_ entry: HAREntry) -> Exchange? {
    guard (200..<300).contains(entry.response.status), let data = entry.response.body?.data,
      let body = try? JSONValue(parsing: Array(data)), body.object != nil || body.array != nil
    else { return nil }
    var request = GivenRequest(method: entry.request.method, url: entry.request.url)
    request.headers = entry.request.headers.map { ($0.name, $0.value) }
    request.body = entry.request.body.map { String(decoding: $0.data, as: UTF8.self) }
    guard let reading = try? RequestReading(request) else { return nil }
    let records = SeenRecords(in: body, of: reading.stream.name)
    guard records.isList, !records.records.isEmpty else { return nil }
    return Exchange(
      reading: reading,
      answer: SeenAnswer(
        url: entry.request.url, status: entry.response.status, headers: HTTPHeaders(entry.response.headers), body: body))
  }

  private static func mostFrequent(_ texts: [String]) -> String? {
    var counts: [String: Int] = [:]
    for text in texts { counts[text, default: 0] += 1 }
    return texts.max { counts[$0, default: 0] < counts[$1, default: 0] }
  }

  private static func stream(_ exchanges: [Exchange], base: String, among streams: [StreamDescription]) -> StreamDescription {
    guard let first = exchanges.first else { return StreamDescription(name: "records", path: "/") }
    var stream = first.reading.stream
    stream.path = String(PathSplit.generalised(first.reading.path).dropFirst(base.count))
    stream.name = EndpointNotation.name(of: stream.path)
    if stream.name.isEmpty { stream.name = "records" }
    // What differs from one request to the next is no part of the stream.
    stream.parameters.removeAll { parameter in
      let names =
        PagingInference.pages + PagingInference.offsets + PagingInference.sizes + StreamInference.sinceNames
        + StreamInference.untilNames
      if parameter.place.kind == .query, names.contains(parameter.place.names.joined()) { return false }
      if case .config = parameter.value { return false }
      return !exchanges.allSatisfy { $0.reading.stream.parameters.contains(parameter) }
    }
    var number = 1
    let name = stream.name
    while streams.contains(where: { $0.name == stream.name }) {
      number += 1
      stream.name = "\(name)_\(number)"
    }
    StreamInference().complete(&stream, from: first.answer)
    var records: [JSONObject] = []
    for exchange in exchanges {
      records += SeenRecords(in: exchange.answer.body ?? .null, of: stream.name).records
      guard stream.paging == nil else { continue }
      var other = stream
      other.notes.removeAll { $0.place == .paging }
      other.parameters = exchange.reading.stream.parameters
      StreamInference(decided: [.records, .primaryKey, .cursor, .schema]).complete(&other, from: exchange.answer)
      if other.paging != nil { (stream.paging, stream.notes) = (other.paging, other.notes) }
    }
    stream.schema = SeenSchema.schema(of: records) ?? stream.schema
    return stream
  }
}
