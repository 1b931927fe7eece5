import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest

/// Puts several extractors together: all of their records, or those of the first that finds some.
struct CombinedExtractor: Component, RecordExtractor {
  private enum Mode: String {
    case union
    case firstMatch = "first_match"
  }

  private let extractors: [any RecordExtractor]
  private let mode: Mode
  private let skipsEmptyRecords: Bool
  private let decoder: any Decoder
  private let log: any Log

  init(from node: ComponentNode, in scope: BuildScope) throws {
    extractors = try node.nodes("extractors").map { try scope.build($0) }
    guard !extractors.isEmpty else {
      throw ConnectorError(
        .system, "A `CombinedExtractor` needs at least one extractor in `extractors`", at: node.node,
        cause: .missing(["extractors"]))
    }
    let name = try node.optionalString("mode") ?? Mode.union.rawValue
    guard let mode = Mode(rawValue: name) else {
      throw ConnectorError(.system, "`mode` should be union or first_match", at: node["mode"] ?? node.node)
    }
    self.mode = mode
    skipsEmptyRecords = try node.bool("skip_empty_records", default: false)
    decoder = scope.exchange.decoder ?? JsonDecoder(in: scope)
    log = scope.runtime.log
  }

  func forEachItem(in body: JSONView, making place: RecordWorkplace?, _ take: (ExtractedItem) async throws -> Void) async throws {
    for index in extractors.indices {
      let items = try await items(of: index, in: body)
      switch mode {
      case .union: for item in items { try await take(item) }
      case .firstMatch:
        let hasRecord = items.contains { if case .leftOut = $0 { false } else { true } }
        guard hasRecord else { continue }
        for item in items { try await take(item) }
        return
      }
    }
  }

  /// Where one of the extractors reads responses, all are asked by response; the others get the body as the decoder reads it.
  var ofResponses: (any ResponseExtractor)? {
    extractors.contains { $0.ofResponses != nil } ? OfResponses(combined: self) : nil
  }

  private struct OfResponses: ResponseExtractor {
    let combined: CombinedExtractor

    func records(
      of response: HTTPResponse, slice: StreamSlice, _ take: (ExtractedPart) async throws -> Bool
    ) async throws {
      for index in combined.extractors.indices {
        let items = combined.leavingOutEmptyOnes(of: index, try await items(of: combined.extractors[index], response, slice))
        let hasRecord = items.contains { if case .leftOut = $0 { false } else { true } }
        if combined.mode == .firstMatch, !hasRecord { continue }
        guard try await take(ExtractedPart(items)), combined.mode == .union else { return }
      }
    }

    private func items(
      of extractor: any RecordExtractor, _ response: HTTPResponse, _ slice: StreamSlice
    ) async throws -> [ExtractedItem] {
      var items: [ExtractedItem] = []
      if let extractor = extractor.ofResponses {
        try await extractor.records(of: response, slice: slice) { part in
          items += part.items
          return true
        }
      } else {
        for body in try await combined.decoder.decode(response) { items += try await extractor.items(in: body) }
      }
      return items
    }
  }

  /// The first extractor's absence, where none of them leads anywhere.
  func outcome(in body: JSONView) -> PathOutcome {
    let outcomes = extractors.map { $0.outcome(in: body) }
    if outcomes.contains(.exists) { return .exists }
    return outcomes.first { $0 != .unknown } ?? .unknown
  }

  private func items(of index: Int, in body: JSONView) async throws -> [ExtractedItem] {
    leavingOutEmptyOnes(of: index, try await extractors[index].items(in: body))
  }

  private func leavingOutEmptyOnes(of index: Int, _ found: [ExtractedItem]) -> [ExtractedItem] {
    guard skipsEmptyRecords else { return found }
    var items = found
    var dropped = 0
    for place in items.indices {
      if case .leftOut = items[place] { continue }
      guard !items[place].isTruthy else { continue }
      items[place] = .leftOut
      dropped += 1
    }
    if dropped > 0 {
      log.log(.warn, "\(dropped) empty records of extractor \(index) were left out, as `skip_empty_records` says.")
    }
    return items
  }

  /// Whether an extractor's node is a union, or has one below it.
  static func hasUnion(_ node: ManifestNode?) -> Bool {
    guard let node, node["type"]?.string == typeName else { return false }
    if (node["mode"]?.string ?? Mode.union.rawValue) == Mode.union.rawValue { return true }
    return (node["extractors"]?.sequence ?? []).contains(where: hasUnion)
  }
}
