import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Templating

/// Finds the records at a path of the body; `*` in the path takes every member.
struct DpathExtractor: Component, RecordExtractor {
  /// The whole body where it is nil. A template in it that fails is found when a body is looked at, as in the reference.
  private let path: Result<JSONGlobPath?, any Error>
  private let expander: RecordExpander?

  init(from node: ComponentNode, in scope: BuildScope) throws {
    expander = try scope.build(optional: node["record_expander"])
    let evaluation = EvaluationContext(config: scope.templateConfig)
    let templates = try node.nodes("field_path").map { InterpolatedString($0, parameters: node.parameters) }
    path = Result {
      templates.isEmpty ? nil : try JSONGlobPath(try templates.map { JSONPathSegment(try $0.evaluate(evaluation)) })
    }
  }

  /// Takes the whole body as what is looked for.
  static let whole = DpathExtractor()

  private init() {
    path = .success(nil)
    expander = nil
  }

  func extract(from body: JSONView, into records: inout [Record]) throws -> Bool {
    guard expander == nil else { return false }
    let before = records.count
    if try !append(recordsIn: body, to: &records) {
      records.removeSubrange(before...)
      return false
    }
    return true
  }

  func forEachItem(in body: JSONView, making place: RecordWorkplace?, _ take: (ExtractedItem) async throws -> Void) async throws {
    for view in try views(in: body) {
      if let expander { try await expander.expand(view, making: place, take) } else { try await take(.view(view)) }
    }
  }

  func outcome(in body: JSONView) -> PathOutcome {
    guard case .success(let path?) = path else { return .exists }
    return PathOutcome(of: path, in: body)
  }

  private func views(in body: JSONView) throws -> [JSONView] {
    let path = try path.get()
    if let path, path.hasStar { return path.values(in: body) }
    guard let found = try path.map({ try $0.get(in: body) }) ?? body else { return [] }
    return found.kind == .array ? found.elements : found.isTruthy ? [found] : []
  }

  /// - Returns: false if something that was found is not an object.
  private func append(recordsIn body: JSONView, to records: inout [Record]) throws -> Bool {
    guard let path = try path.get() else { return append(found: body, to: &records) }
    guard path.hasStar else { return try path.get(in: body).map { append(found: $0, to: &records) } ?? true }
    let views = path.values(in: body)
    records.makeRoom(for: views.count)
    return views.allSatisfy { append(record: $0, to: &records) }
  }

  /// A list gives its elements, any other value that is not empty is a record.
  private func append(found: JSONView, to records: inout [Record]) -> Bool {
    guard found.kind == .array else { return found.isTruthy ? append(record: found, to: &records) : true }
    guard found[0]?.kind ?? .object == .object else { return false }
    records.makeRoom(for: found.count)
    var areObjects = true
    found.forEachElement { areObjects = areObjects && append(record: $0, to: &records) }
    return areObjects
  }

  private func append(record view: JSONView, to records: inout [Record]) -> Bool {
    guard view.kind == .object else { return false }
    records.append(Record(view))
    return true
  }
}

extension [Record] {
  /// Makes room for `count` more records: no more than they need if there are none yet, since a page may be large.
  mutating func makeRoom(for count: Int) {
    let wanted = self.count + count
    guard wanted > capacity else { return }
    // Asked for a little more again and again, it would be copied each time.
    reserveCapacity(isEmpty ? wanted : Swift.max(wanted, capacity + capacity / 2))
  }
}
