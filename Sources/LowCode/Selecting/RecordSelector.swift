import JSON
import JSONSchema

/// Makes the records of a page: extracts, filters, transforms and normalises them.
struct RecordSelector: Component {
  private let extractor: any RecordExtractor
  private let extractorNode: ManifestNode
  private let filter: (any RecordCondition)?
  private let transformations: [any RecordTransformation]
  private let transformsFirst: Bool
  /// Whether values are cast to the types of the stream's schema.
  let normalizes: Bool
  private let cursor: (any Cursor)?
  private let uploader: FileUploader?
  private let streamName: String
  private let log: any LogSink
  private let tally: SelectionTally
  /// How the filter is called where somebody asks what it dropped.
  private let filterName: String

  /// Extracts, and does nothing else to the records.
  init(extractor: any RecordExtractor, at node: ManifestNode, in context: BuildContext) {
    self.extractor = extractor
    extractorNode = node
    filter = nil
    filterName = ""
    transformations = []
    transformsFirst = false
    normalizes = false
    cursor = nil
    uploader = nil
    streamName = context.streamName
    log = context.runtime.log
    tally = context.runtime.tallies.tally(
      of: context.streamName, extractorLocation: (node["download_extractor"] ?? node).location, filter: nil)
  }

  init(from node: ComponentNode, in context: BuildContext) throws {
    extractorNode = try node.required("extractor")
    extractor = try context.build(extractorNode)
    filter = try context.build(optional: node["record_filter"])
    filterName = node["record_filter"].map { "the record filter\($0.placeText)" } ?? "no filter"
    streamName = context.streamName
    log = context.runtime.log
    tally = context.runtime.tallies.tally(
      of: context.streamName, extractorLocation: (extractorNode["field_path"] ?? extractorNode).location,
      filter: node["record_filter"].map {
        SelectionTally.Filter(condition: $0["condition"]?.string ?? "", location: ($0["condition"] ?? $0).location)
      })
    transformations = context.siblings.transformations
    uploader = context.siblings.fileUploader
    cursor = context.siblings.filtersByCursor ? context.siblings.cursor : nil
    transformsFirst = try node.bool("transform_before_filtering", default: context.siblings.isClientSideIncremental)
    if let normalization = node["schema_normalization"] {
      guard normalization.mapping == nil else {
        throw ConnectorError.custom(normalization)
      }
      normalizes = normalization.string == "Default"
    } else {
      normalizes = false
    }
  }

  /// What becomes of a batch of values.
  struct Selection {
    var records: [Record] = []
    /// How many the extractor found before any was dropped.
    var extracted = 0
    /// Why there is nothing behind these records: one of them cannot be made. Those before it stand, as with the reference.
    var failure: (any Error)?
  }

  /// Extracts, filters, transforms and normalises the records of a page, and fetches their files.
  /// - Parameter look: sees the records as they were extracted.
  func select(
    _ page: DecodedBody, slice: StreamSlice, normalizer: SchemaNormalizer?, _ look: ([Record]) -> Void
  ) async -> Selection {
    var selection = Selection()
    do { try await extract(page, slice: slice, into: &selection) } catch { selection.failure = error }
    look(selection.records)
    do { try refine(&selection.records, slice: slice, normalizer: normalizer) } catch { selection.failure = error }
    if let uploader {
      for index in selection.records.indices {
        do {
          try await uploader.upload(&selection.records[index])
        } catch {
          selection.records.removeSubrange(index...)
          selection.failure = error
          break
        }
      }
    }
    return selection
  }

  private func extract(_ page: DecodedBody, slice: StreamSlice, into selection: inout Selection) async throws {
    var leftOut = 0
    defer {
      selection.extracted = selection.records.count + leftOut
      tally.extracted(selection.extracted) { page.first.map(extractor.outcome) ?? .unknown }
    }
    var rest: [(body: JSONView, place: Int)] = []
    try page.forEach { body in
      if try !extractor.extract(from: body, into: &selection.records) { rest.append((body, selection.records.count)) }
    }
    let count = selection.records.count
    for (body, place) in rest {
      do {
        try await extractor.forEachItem(in: body) { item in
          if let record = try record(item, slice) { selection.records.append(record) } else { leftOut += 1 }
        }
      } catch {
        // What stood behind it is not reached.
        selection.records.removeSubrange(place..<count)
        throw error
      }
    }
  }

  /// The record that an item is; nil where it is left out.
  private func record(_ item: ExtractedItem, _ slice: StreamSlice) throws -> Record? {
    switch item {
    case .leftOut: return nil
    case .view(let view) where view.kind == .object: return Record(view)
    case .value(.object(let object)): return Record(object)
    case .view, .value:
      let value = item.value ?? .null
      if try drops(value, slice: slice) { return nil }
      guard let object = value.pairs else {
        throw ConnectorError(.system, "A record should be an object, but the API sent \(item.kindName).", at: extractorNode)
      }
      return Record(object)
    }
  }

  /// Whether the filter drops a value that is no object before anything needs it to be one.
  private func drops(_ value: JSONValue, slice: StreamSlice) throws -> Bool {
    guard let filter, cursor == nil, !transformsFirst || transformations.isEmpty else { return false }
    return try !filter.keeps(value: value, slice: slice)
  }

  /// Filters, transforms and normalises records.
  /// - Throws: where one of them cannot be; then those before it are left.
  func refine(_ found: inout [Record], slice: StreamSlice, normalizer: SchemaNormalizer?) throws {
    if filter == nil, cursor == nil, transformations.isEmpty, !normalizes { return }
    let bounds = cursor?.bounds(for: slice)
    // Once, as taking it out copies it.
    let filter = filter
    let count = found.count
    var (kept, droppedByFilter) = (0, 0)
    defer {
      found.removeSubrange(kept...)
      tally.refined(count, kept: kept, droppedByFilter: droppedByFilter)
      if kept < count { tell(count, kept, droppedByFilter) }
    }
    for index in found.indices {
      if transformsFirst { try transform(&found[index], slice) }
      guard bounds?.admit(found[index]) ?? true else { continue }
      guard try filter?.keeps(found[index], slice: slice) ?? true else {
        droppedByFilter += 1
        continue
      }
      if !transformsFirst { try transform(&found[index], slice) }
      if normalizes, let normalizer { try normalize(&found[index], normalizer) }
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
