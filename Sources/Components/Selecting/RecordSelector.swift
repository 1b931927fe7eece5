import AirbyteProtocol
import ConnectorModel
import JSON
import JSONSchema
import Manifest

/// Makes the records of a page: extracts, filters, transforms and normalises them.
package struct RecordSelector: Component {
  private let extractor: any RecordExtractor
  /// What finds the records in a response itself, with the steps behind it that it does as well; nil where the body is decoded first.
  private(set) var responseExtractor: (any ResponseExtractor)?
  private let extractorNode: ManifestNode
  private let filter: (any RecordCondition)?
  private let transformations: [any RecordTransformation]
  private let transformsFirst: Bool
  /// How values are brought into the types of the stream's schema.
  private let normalization: Normalization
  /// What does so, once the schema is known.
  private var normalizer: SchemaNormalizer?
  /// What is done to records, where some of it is done for a page at once.
  private var chain: RefinementChain?
  private let cursor: (any Cursor)?
  private let uploader: (any FileUploading)?
  private let streamName: String
  private let log: any Log
  private let tally: SelectionTally
  /// How the filter is called where somebody asks what it dropped.
  private let filterName: String
  /// Whether another selector filters and transforms the records that this one passes on.
  private let isRefinedLater: Bool

  private enum Normalization: Sendable {
    case none
    /// By Python's rules for the types of JSON.
    case standard
    case custom(any SchemaNormalization)
  }

  /// Extracts, and leaves everything else to another selector.
  init(extractor: any RecordExtractor, at node: ManifestNode, in scope: BuildScope) {
    self.extractor = extractor
    responseExtractor = extractor.ofResponses
    extractorNode = node
    filter = nil
    filterName = ""
    transformations = []
    transformsFirst = false
    normalization = .none
    cursor = nil
    uploader = nil
    isRefinedLater = true
    streamName = scope.streamName
    log = scope.runtime.log
    tally = scope.runtime.tallies.tally(
      of: scope.streamName, extractorMark: (node["download_extractor"] ?? node).mark, filter: nil)
  }

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    isRefinedLater = false
    extractorNode = try node.required("extractor")
    extractor = try scope.build(extractorNode)
    cursor = scope.reading.filterCursor
    filter = try Self.filter(node["record_filter"], besideCursor: cursor != nil, in: scope)
    filterName = node["record_filter"].map { "the record filter\($0.placeText)" } ?? "no filter"
    streamName = scope.streamName
    log = scope.runtime.log
    tally = scope.runtime.tallies.tally(
      of: scope.streamName, extractorMark: (extractorNode["field_path"] ?? extractorNode).mark,
      filter: node["record_filter"].map {
        SelectionTally.Filter(condition: $0["condition"]?.string ?? "", mark: ($0["condition"] ?? $0).mark)
      })
    transformations = scope.reading.transformations
    uploader = scope.reading.fileUploader
    transformsFirst = try node.bool("transform_before_filtering", default: scope.reading.isClientSideIncremental)
    if let node = node["schema_normalization"] {
      normalization = node.mapping == nil ? (node.string == "Default" ? .standard : .none) : .custom(try scope.build(node))
    } else {
      normalization = .none
    }
    plan(schema: nil)
  }

  /// As in the reference, a filter of one's own is not used where records are filtered by their cursor, but for a `condition` of its.
  private static func filter(
    _ node: ManifestNode?, besideCursor: Bool, in scope: BuildScope
  ) throws -> (any RecordCondition)? {
    let filter: (any RecordCondition)? = try scope.build(optional: node)
    guard besideCursor, let node, node["class_name"] != nil else { return filter }
    scope.runtime.warnings.keep(.unusedFilter, of: scope.streamName) {
      "its record filter\(node.placeText) is not used, because `is_client_side_incremental` filters the records."
    }
    return node["condition"]?.string?.isEmpty == false ? try RecordFilter(from: ComponentNode(node), in: scope) : nil
  }

  private var isNormalizedByOthers: Bool { if case .custom = normalization { true } else { false } }

  /// Puts together what is done to records, if some of it is done for a page at once.
  /// - Parameter schema: the stream's schema, once it is known.
  private mutating func plan(schema: JSONObject?) {
    var operations = RefinementChain.operations(transformations, cursor, filter, transformsFirst: transformsFirst)
    if let normalizer {
      let selector = self
      operations.append(.change { record, _ in try selector.normalize(&record, normalizer) })
    } else if case .custom(let normalization) = normalization, let schema {
      operations.append(
        normalization.pageStep(to: schema).map { .page($0, filters: false) }
          ?? .change { record, _ in try normalization.normalize(&record, to: schema) })
    }
    responseExtractor = extractor.ofResponses
    let needsChain = operations.contains { if case .page = $0 { true } else { false } }
    chain = isNormalizedByOthers || needsChain ? RefinementChain(operations, behind: &responseExtractor) : nil
  }

  /// The same selector, which casts values to the types of a stream's schema if the manifest wants that.
  /// - Throws: ``ConnectorError`` where nothing can be cast to the schema.
  func casting(to schema: JSONObject) throws -> RecordSelector {
    var selector = self
    switch normalization {
    case .none: return self
    case .standard: selector.normalizer = try SchemaNormalizer(schema: .object(schema))
    // As in the reference, a schema that says nothing is none.
    case .custom: if schema.isEmpty { return self }
    }
    selector.plan(schema: schema)
    return selector
  }

  /// How bodies are received; nil for the way of their decoder.
  var reception: Reception? { responseExtractor?.reception }

  /// What becomes of some of the values of a body.
  struct Selection {
    var records: [Record] = []
    /// How many the extractor found before any was dropped.
    var extracted = 0
  }

  /// Extracts, filters, transforms and normalises the records of a response's body, and fetches their files.
  ///
  /// What is made of the values is made for some of them at a time: it takes many times the memory of their text.
  /// - Parameters:
  ///   - look: sees the records as they were extracted.
  ///   - emit: takes the records, in order, at least once; it returns whether more are needed.
  /// - Throws: why nothing follows the records that were emitted, because one cannot be made. Those before it stay emitted, as in
  ///   the reference.
  func select(
    _ body: DecodedBody, of response: HTTPResponse, slice: StreamSlice, _ look: ([Record]) -> Void,
    _ emit: (Selection) async throws -> Bool
  ) async throws {
    func finishPart(_ part: inout Selection) async throws { try await refineAndEmit(&part, response, slice, emit) }
    var found = Selection()
    var (weight, total) = (0, 0)
    defer { tally.extracted(total) { body.first.map(extractor.outcome) ?? .unknown } }
    let place = response.memory.map { RecordWorkplace(workshop: $0.workshop, url: response.url) }
    var failure: (any Error)?
    do {
      found.records.makeRoom(for: body.underestimatedCount)
      for value in body {
        let before = found.records.count
        if try extractor.extract(from: value, into: &found.records) {
          found.extracted += found.records.count - before
          total += found.records.count - before
          continue
        }
        try await extractor.forEachItem(in: value, making: place) { item in
          found.extracted += 1
          total += 1
          guard let record = try record(item, slice) else { return }
          weight += record.view == nil ? Self.weightOfBuilt + record.object.count / Self.weightOfBuilt : 1
          found.records.append(record)
          guard weight >= Self.mostAtOnce else { return }
          weight = 0
          try await finish(&found, look, finishPart)
        }
      }
    } catch is Enough {
      return
    } catch {
      failure = error
    }
    if failure == nil || !found.records.isEmpty {
      do { try await finish(&found, look, finishPart) } catch is Enough { return }
    }
    if let failure { throw failure }
  }

  /// The same for an extractor that finds the records in a response itself.
  func select(
    by extractor: any ResponseExtractor, _ response: HTTPResponse, slice: StreamSlice, _ look: ([Record]) -> Void,
    _ emit: (Selection) async throws -> Bool
  ) async throws {
    var (total, isEmitted) = (0, false)
    defer { tally.extracted(total) { .unknown } }
    try await extractor.records(of: response, slice: slice) { part in
      var found = Selection()
      var failure: (any Error)?
      total += part.extracted
      found.extracted = part.extracted
      do {
        for item in part.items { if let record = try record(item, slice) { found.records.append(record) } }
      } catch {
        failure = error
      }
      isEmitted = true
      if failure == nil || !found.records.isEmpty {
        do {
          try await finish(&found, look) { part in try await refineAndEmit(&part, response, slice, emit) }
        } catch is Enough {
          return false
        }
      }
      if let failure { throw failure }
      return true
    }
    if !isEmitted { _ = try await emit(Selection()) }
  }

  /// No more records are needed.
  private struct Enough: Error {}

  /// At most this many records are made at a time, and of this many bytes of text.
  private static let (mostAtOnce, mostBytesAtOnce) = (1_024, RecordWorkshop.small)
  /// A record that was built in memory counts for as many.
  private static let weightOfBuilt = 8

  /// Whether records stay as they were extracted.
  private var changesNothing: Bool {
    if let chain { return chain.isEmpty && uploader == nil && !isRefinedLater }
    return filter == nil && cursor == nil && transformations.isEmpty && normalizer == nil && uploader == nil && !isRefinedLater
  }

  /// Hands on what was found, which is forgotten.
  private func finish(
    _ found: inout Selection, _ look: ([Record]) -> Void, _ emit: (inout Selection) async throws -> Void
  ) async throws {
    var rest = found
    found = Selection()
    look(rest.records)
    // What works on a page sees all of it.
    if chain != nil || changesNothing || Self.areSmall(rest.records) { return try await emit(&rest) }
    var start = 0
    while start < rest.records.count {
      let end = Self.endOfPart(from: start, in: rest.records)
      var part = Selection(records: Array(rest.records[start..<end]))
      // What was left out counts with the last ones.
      part.extracted = end < rest.records.count ? end - start : rest.extracted - start
      start = end
      try await emit(&part)
    }
  }

  private static func endOfPart(from start: Int, in records: [Record]) -> Int {
    // Out of an array's subscript a record would be copied.
    records.withUnsafeBufferPointer { records in
      var (end, bytes) = (start, 0)
      while end < records.count, end - start < mostAtOnce, bytes < mostBytesAtOnce {
        bytes += records[end].view?.containerSize ?? 0
        end += 1
      }
      return end
    }
  }

  /// Whether records are few, and of little text.
  private static func areSmall(_ records: [Record]) -> Bool {
    guard records.count <= mostAtOnce else { return false }
    return [records.first, records.last].allSatisfy { ($0?.view?.document.footprint.text ?? 0) <= mostBytesAtOnce }
  }

  private func refineAndEmit(
    _ part: inout Selection, _ response: HTTPResponse, _ slice: StreamSlice, _ emit: (Selection) async throws -> Bool
  ) async throws {
    guard let workshop = response.memory?.workshop, !Self.areSmall(part.records) else {
      let failure = await refined(&part.records, slice)
      return try await hand(part, on: emit, failure)
    }
    let (records, isBuilt) = (part.records, !changesNothing)
    guard ResponseRoom.holder != nil else {
      // Whoever takes these records may read others that they bring about, and wait for the same memory.
      let failure = try await workshop.make(records, areBuilt: isBuilt, from: response.url) {
        await refined(&part.records, slice)
      }
      return try await hand(part, on: emit, failure)
    }
    try await workshop.make(records, areBuilt: isBuilt, from: response.url) {
      let failure = await refined(&part.records, slice)
      try await hand(part, on: emit, failure)
    }
  }

  /// Filters, transforms and normalises records, and fetches their files.
  /// - Returns: why there are no records behind those that are left.
  func refined(_ records: inout [Record], _ slice: StreamSlice) async -> (any Error)? {
    var failure: (any Error)?
    if let chain {
      failure = await refine(&records, by: chain, slice: slice)
    } else {
      do { try refine(&records, slice: slice) } catch { failure = error }
    }
    guard let uploader else { return failure }
    for index in records.indices {
      do {
        try await uploader.upload(&records[index])
      } catch {
        records.removeSubrange(index...)
        return error
      }
    }
    return failure
  }

  private func hand(
    _ part: Selection, on emit: (Selection) async throws -> Bool, _ failure: (any Error)?
  ) async throws {
    if failure == nil || !part.records.isEmpty, try await !emit(part) { throw Enough() }
    if let failure { throw failure }
  }

  /// The record that an item is; nil if it is left out.
  private func record(_ item: ExtractedItem, _ slice: StreamSlice) throws -> Record? {
    switch item {
    case .leftOut: return nil
    case .view(let view) where view.kind == .object: return Record(view)
    case .value(.object(let object)): return Record(object)
    case .view, .value:
      let value = item.value ?? .null
      if try drops(value, slice: slice) { return nil }
      guard let object = value.pairs else {
        throw ConnectorError(.system, "A record should be an object, but the API sent \(item.kindName)", at: extractorNode)
      }
      return Record(object)
    }
  }

  /// Whether the filter drops a value that is not an object before anything needs it to be one.
  private func drops(_ value: JSONValue, slice: StreamSlice) throws -> Bool {
    guard let filter, cursor == nil, !transformsFirst || transformations.isEmpty else { return false }
    return try !filter.keeps(value: value, slice: slice)
  }

  private func refine(_ records: inout [Record], by chain: RefinementChain, slice: StreamSlice) async -> (any Error)? {
    let count = records.count
    let outcome = await chain.run(&records, slice: slice)
    tally.refined(count, kept: records.count, droppedByFilter: outcome.droppedByFilter)
    if outcome.failure == nil, records.count < count { tell(count, records.count, outcome.droppedByFilter) }
    return outcome.failure
  }

  /// - Throws: where one of them cannot be; then those before it are left.
  private func refine(_ found: inout [Record], slice: StreamSlice) throws {
    if filter == nil, cursor == nil, transformations.isEmpty, normalizer == nil { return }
    let bounds = cursor?.bounds(for: slice)
    // Once, as taking it out copies it.
    let filter = filter
    let count = found.count
    var (reached, kept, droppedByFilter) = (0, 0, 0)
    defer {
      found.removeSubrange(kept...)
      tally.refined(count, kept: kept, droppedByFilter: droppedByFilter)
      if kept < count { tell(reached, kept, droppedByFilter) }
    }
    for index in found.indices {
      reached = index + 1
      if transformsFirst { try transform(&found[index], slice) }
      guard bounds?.admit(found[index]) ?? true else { continue }
      guard try filter?.keeps(found[index], slice: slice) ?? true else {
        droppedByFilter += 1
        continue
      }
      if !transformsFirst { try transform(&found[index], slice) }
      if let normalizer { try normalize(&found[index], normalizer) }
      if kept < index { found.swapAt(kept, index) }
      kept += 1
    }
  }

  /// Says what dropped records of a batch.
  private func tell(_ count: Int, _ kept: Int, _ byFilter: Int) {
    let byCursor = count - kept - byFilter
    log.debug(
      "\(streamName): of \(count) records \(filterName) dropped \(byFilter), and the cursor \(byCursor)",
      ["records": .int(count), "dropped_by_filter": .int(byFilter), "dropped_by_cursor": .int(byCursor)])
  }

  private func transform(_ record: inout Record, _ slice: StreamSlice) throws {
    for transformation in transformations { try transformation.transform(&record, slice: slice) }
  }

  private func normalize(_ record: inout Record, _ normalizer: SchemaNormalizer) throws {
    var value = JSONValue.object(record.object)
    do {
      try normalizer.normalize(&value) { mismatch in log.log(.warn, "Stream \(streamName): \(mismatch)") }
    } catch {
      throw ConnectorError(.system, "A record cannot be cast to the stream's schema: \(error)")
    }
    if case .object(let object) = value { record.object = object }
  }
}

extension JSONValue {
  /// What Python's `dict()` makes of a list of pairs; nil for anything else.
  fileprivate var pairs: JSONObject? {
    guard case .array(let elements) = self else { return nil }
    var object: JSONObject = [:]
    for element in elements {
      guard case .array(let pair) = element, pair.count == 2, case .string(let key) = pair[0] else { return nil }
      object[key] = pair[1]
    }
    return object
  }
}
