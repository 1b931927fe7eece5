import ConnectorModel
import JSON

/// Completes a stream by what an answer of its endpoint shows. What an author has said stays.
package struct StreamInference: Sendable {
  package enum Part: Sendable, CaseIterable {
    case records, primaryKey, cursor, paging, schema
  }

  /// The parts of the stream that are decided and stay as they are.
  private let decided: Set<Part>

  package init(decided: Set<Part> = []) { self.decided = decided }

  /// Names of parameters by which an API is asked for what changed.
  static let sinceNames: [String] = [
    "updated_since", "updated_after", "modified_since", "modified_after", "since", "changed_since", "updated_at_min",
    "updated_from",
    "updatedSince", "updatedAfter", "modifiedSince", "modifiedAfter", "start_date", "startDate", "start_time", "startTime",
    "from_date",
    "date_from", "created_after", "created_since", "created_at_min", "created[gte]", "updated[gte]", "min_updated_at",
    "after_date",
    "last_modified", "updated_at[gte]", "filter[updated_since]",
  ]
  static let untilNames: [String] = [
    "updated_until", "updated_before", "modified_before", "until", "updated_at_max", "updated_to", "updatedBefore",
    "modifiedBefore",
    "end_date", "endDate", "end_time", "endTime", "to_date", "date_to", "created_before", "created_at_max", "created[lte]",
    "updated[lte]", "max_updated_at", "before_date", "updated_at[lte]",
  ]

  /// - Parameter answer: of the stream's endpoint, with status 200 or thereabouts.
  package func complete(_ stream: inout StreamDescription, from answer: SeenAnswer) {
    guard let body = answer.body else {
      stream.notes.append(Note(.records, "The answer is no JSON, so nothing was learnt from it."))
      return
    }
    var seen = SeenRecords(in: body, of: stream.name)
    if decided.contains(.records) {
      seen = SeenRecords(in: Self.value(at: stream.recordPath, in: body), of: stream.name, below: stream.recordPath)
    } else {
      stream.recordPath = seen.path
    }
    if seen.records.isEmpty {
      stream.notes.append(
        Note(.records, "The answer had no records, so that neither fields nor keys are known: look at it when there are some."))
    }
    if !decided.contains(.schema) { stream.schema = SeenSchema.schema(of: seen.records) ?? stream.schema }
    let key = KeyInference.key(of: seen.records, stream: stream.name)
    if !decided.contains(.primaryKey) {
      stream.primaryKey = key.map { [$0] } ?? []
      if key == nil, !seen.records.isEmpty {
        stream.notes.append(Note(.primaryKey, "No field has a value of its own in each record, so there is no `primary_key`."))
      }
    }
    if !decided.contains(.paging) {
      let inference = PagingInference(answer, seen, key: stream.primaryKey.first ?? key)
      stream.paging = inference.paging
      if let note = inference.note { stream.notes.append(Note(.paging, note)) }
    }
    if !decided.contains(.cursor) { completeCursor(&stream, seen) }
    dropPagingParameters(of: &stream)
  }

  /// Says of a stream that nobody looked at what is not known of it.
  package func noteUndecided(of stream: inout StreamDescription) {
    if !decided.contains(.primaryKey), stream.primaryKey.isEmpty {
      stream.notes.append(Note(.primaryKey, "If a field identifies a record, name it: `primary_key: [id]`."))
    }
    if !decided.contains(.paging), stream.paging == nil {
      stream.notes.append(Note(.paging, "One page is read. If there are more, add a `paginator`."))
    }
    if !decided.contains(.cursor), stream.cursor == nil {
      stream.notes.append(
        Note(.cursor, "Every read begins anew. If a field shows what changed, add an `incremental_sync` after the retriever."))
    }
  }

  private func completeCursor(_ stream: inout StreamDescription, _ seen: SeenRecords) {
    guard seen.isList, let found = TimeInference(seen.records).cursor else { return }
    var cursor = CursorDescription(field: found.name, formats: [found.format])
    func parameter(_ names: [String]) -> RequestPlace? {
      let place = stream.parameters.first { names.contains($0.place.names.joined()) && $0.place.kind == .query }?.place
      if let place { stream.parameters.removeAll { $0.place == place } }
      return place
    }
    cursor.start = parameter(Self.sinceNames)
    cursor.end = parameter(Self.untilNames)
    if cursor.start == nil {
      stream.notes.append(
        Note(
          .cursor,
          "If the API can leave out what did not change since a time, name that parameter in a `start_time_option` instead of "
            + "`is_client_side_incremental`."))
    }
    stream.cursor = cursor
  }

  /// What the paginator sends need not be sent by the request as well.
  func dropPagingParameters(of stream: inout StreamDescription) {
    guard let paging = stream.paging else { return }
    var places = [paging.pageSize?.place].compactMap { $0 }
    switch paging.strategy {
    case .token(_, let place), .tokenHeader(_, let place), .lastRecord(_, let place), .page(let place, _), .offset(let place):
      places.append(place)
    case .linkHeader, .nextAddress: break
    }
    stream.parameters.removeAll { places.contains($0.place) }
  }

  static func value(at path: [String], in value: JSONValue) -> JSONValue {
    guard let step = path.first else { return value }
    let rest = Array(path.dropFirst())
    guard step == "*" else { return self.value(at: rest, in: value[step] ?? .null) }
    let inner = value.array ?? value.object?.values.elements ?? []
    return .array(
      inner.flatMap { element -> [JSONValue] in
        let found = self.value(at: rest, in: element)
        return found.array ?? (found == .null ? [] : [found])
      })
  }
}

extension SeenRecords {
  /// The records at a place that is known.
  fileprivate init(in value: JSONValue, of stream: String, below path: [String]) {
    self.path = path
    isList = value.array != nil
    records = value.array?.compactMap(\.object) ?? value.object.map { [$0] } ?? []
  }
}
