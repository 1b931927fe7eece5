import AirbyteProtocol
import ConnectorModel
import JSON

/// What components of a host do with the records of a page, one behind the other, in one call: filters, transformations, normalisation.
struct HostedSteps: PageStep {
  /// One of them.
  struct Step: Sendable {
    let operation: String
    let component: HostedComponent
    /// The method of the user's class.
    let method: String
  }

  private let steps: [Step]
  /// The stream's schema, where a step casts values to it.
  private let schema: JSONObject?

  init(_ operation: String, _ component: HostedComponent, method: String, schema: JSONObject? = nil) {
    self.init([Step(operation: operation, component: component, method: method)], schema: schema)
  }

  private init(_ steps: [Step], schema: JSONObject?) {
    self.steps = steps
    self.schema = schema
  }

  func joining(_ next: any PageStep) -> (any PageStep)? { joined(with: next) }

  private func joined(with next: any PageStep) -> HostedSteps? {
    guard let next = next as? HostedSteps, next.steps[0].component.host === steps[0].component.host else { return nil }
    return HostedSteps(steps + next.steps, schema: schema ?? next.schema)
  }

  func run(_ records: inout [Record], slice: StreamSlice) async throws {
    guard !records.isEmpty else { return }
    let given = records
    records = []
    var fields = fields(slice)
    fields["count"] = .int(given.count)
    try await steps[0].component.pull(steps[0].method, "run", fields, [Self.text(of: given)]) { reply in
      guard let body = reply.parts.first, !body.isEmpty else { return true }
      let document = try steps[0].component.document(body, from: steps[0].method)
      let origins = reply["origins"]?.array
      let first = records.count
      for (place, view) in document.root.elements.enumerated() {
        let origin: Int? =
          if let origins { if case .int(let index) = origins[place], index >= 0 { index } else { nil } } else { first + place }
        records.append(try record(view, from: origin.flatMap { given.indices.contains($0) ? given[$0] : nil }))
      }
      return true
    }
  }

  // MARK: Behind an extractor

  /// The calls that find the records of a response as well.
  /// - Parameter extractor: the first step.
  func behind(_ extractor: Step) -> HostedSteps { HostedSteps([extractor] + steps, schema: schema) }

  init(extractor: HostedComponent) { self.init("extract", extractor, method: "extract_records") }

  func appending(_ step: any PageStep) -> HostedSteps? { joined(with: step) }

  /// Finds records in a response.
  func records(
    of response: HTTPResponse, slice: StreamSlice, _ take: (ExtractedPart) async throws -> Bool
  ) async throws {
    let component = steps[0].component
    let mention = component.host.responses.mention(response)
    var fields = fields(slice)
    fields.merge(mention.fields) { $1 }
    try await component.pull(steps[0].method, "run", fields, mention.parts) { reply in
      let extracted: Int? = if case .int(let count)? = reply["extracted"] { count } else { nil }
      guard let body = reply.parts.first, !body.isEmpty else { return try await take(ExtractedPart([], extracted: extracted)) }
      let items = try component.document(body, from: steps[0].method).root.elements.map { ExtractedItem.view($0) }
      return try await take(ExtractedPart(items, extracted: extracted))
    }
  }

  // MARK: The call

  private func fields(_ slice: StreamSlice) -> JSONObject {
    var fields: JSONObject = [
      "steps": .array(steps.map { .object(["op": .string($0.operation), "id": .int($0.component.identifier)]) }),
      "slice": slice.hostValue,
    ]
    if let schema { fields["schema"] = .object(schema) }
    return fields
  }

  private func record(_ view: JSONView, from old: Record?) throws -> Record {
    guard view.kind == .object else {
      throw ConnectorError(
        .system, "`\(steps[steps.count - 1].component.subject.className)` made something of a record that is no object",
        at: steps[steps.count - 1].component.subject.node)
    }
    guard let old else { return Record(view) }
    var record = NumberDigits.restored(view, from: old)
    record.file = old.file
    return record
  }

  private static func text(of records: [Record]) -> [UInt8] {
    var text = JSONWriter(capacity: records.count * 512)
    text.write(raw: UInt8(ascii: "["))
    for place in records.indices {
      if place > 0 { text.write(raw: UInt8(ascii: ",")) }
      // Out of an array's subscript a record would be copied.
      records.withUnsafeBufferPointer { records in
        if let view = records[place].view {
          text.write(whole: view, patches: records[place].patches)
        } else {
          text.write(.object(records[place].object))
        }
      }
    }
    text.write(raw: UInt8(ascii: "]"))
    return text.buffer.withUnsafeBytes { Array($0) }
  }
}
