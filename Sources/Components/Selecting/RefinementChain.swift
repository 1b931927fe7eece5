import ConnectorModel

/// What becomes of extracted records, in order, where some of it is done for a page at once. What is done record by record stays so.
struct RefinementChain: Sendable {
  /// One thing that is done to records.
  enum Operation: Sendable {
    case change(@Sendable (inout Record, StreamSlice) throws -> Void)
    /// Drops records that are not new.
    case bound(by: any Cursor)
    case filter(any RecordCondition)
    case page(any PageStep, filters: Bool)
  }

  private enum Step: Sendable {
    case records([Operation])
    case page(any PageStep, filters: Bool)
  }

  private var steps: [Step] = []

  /// - Parameters:
  ///   - operations: in the order in which they are done. Neighbours that work on pages become one call where they can.
  ///   - extractor: what finds the records in responses, where something does; it is joined with what comes first, where it can be.
  init(_ operations: [Operation], behind extractor: inout (any ResponseExtractor)?) {
    var operations = operations[...]
    while case .page(let step, _)? = operations.first, let joined = extractor?.joining(step) {
      extractor = joined
      operations.removeFirst()
    }
    for operation in operations {
      switch (steps.last, operation) {
      case (.page(let last, let drops)?, .page(let next, let filters)):
        if let joined = last.joining(next) {
          steps[steps.count - 1] = .page(joined, filters: drops || filters)
        } else {
          steps.append(.page(next, filters: filters))
        }
      case (_, .page(let next, let filters)): steps.append(.page(next, filters: filters))
      case (.records(let others)?, _): steps[steps.count - 1] = .records(others + [operation])
      default: steps.append(.records([operation]))
      }
    }
  }

  /// What a selector does to records before it normalises them, in the reference's order.
  static func operations(
    _ transformations: [any RecordTransformation], _ cursor: (any Cursor)?, _ filter: (any RecordCondition)?,
    transformsFirst: Bool
  ) -> [Operation] {
    let transforming = transformations.map { transformation -> Operation in
      transformation.pageStep.map { .page($0, filters: false) }
        ?? .change { record, slice in try transformation.transform(&record, slice: slice) }
    }
    var operations = transformsFirst ? transforming : []
    if let cursor { operations.append(.bound(by: cursor)) }
    if let filter { operations.append(filter.pageStep.map { .page($0, filters: true) } ?? .filter(filter)) }
    return transformsFirst ? operations : operations + transforming
  }

  var isEmpty: Bool { steps.isEmpty }

  /// What became of some records, besides those that are left.
  struct Outcome {
    var droppedByFilter = 0
    /// Why there are no records behind those that are left.
    var failure: (any Error)?
  }

  func run(_ records: inout [Record], slice: StreamSlice) async -> Outcome {
    var outcome = Outcome()
    for step in steps where !records.isEmpty {
      do {
        switch step {
        case .page(let step, let filters):
          let count = records.count
          try await step.run(&records, slice: slice)
          if filters { outcome.droppedByFilter += count - records.count }
        case .records(let operations):
          try Self.run(operations, &records, slice, &outcome.droppedByFilter)
        }
      } catch {
        // It is about a record before those that a step before failed at.
        outcome.failure = error
      }
    }
    return outcome
  }

  private static func run(
    _ operations: [Operation], _ records: inout [Record], _ slice: StreamSlice, _ droppedByFilter: inout Int
  ) throws {
    let bounds = operations.map { operation -> (any RecordBounds)? in
      if case .bound(let cursor) = operation { cursor.bounds(for: slice) } else { nil }
    }
    var kept = 0
    defer { records.removeSubrange(kept...) }
    next: for index in records.indices {
      for (operation, bounds) in zip(operations, bounds) {
        switch operation {
        case .change(let change): try change(&records[index], slice)
        case .bound: guard bounds?.admit(records[index]) ?? true else { continue next }
        case .filter(let filter):
          guard try filter.keeps(records[index], slice: slice) else {
            droppedByFilter += 1
            continue next
          }
        case .page: break
        }
      }
      if kept < index { records.swapAt(kept, index) }
      kept += 1
    }
  }
}
