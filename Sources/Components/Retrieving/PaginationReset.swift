import ConnectorModel
import JSON

/// Says what is done if paging has to start again (`RESET_PAGINATION`, or a limit of records).
struct PaginationReset: Component {
  /// Whether paging begins at the last cursor value that was read, instead of at the beginning.
  private let splitsByCursor: Bool
  private let limit: Int?

  init(from node: ComponentNode, in scope: BuildScope) throws {
    splitsByCursor = try node.string("action") == "SPLIT_USING_CURSOR"
    limit = try scope.build(optional: node["limits"], as: PaginationResetLimits.self)?.numberOfRecords
  }

  /// What follows the records of one slice.
  func tracker(_ cursor: (any Cursor)?) -> PaginationTracker {
    PaginationTracker(cursor: splitsByCursor ? cursor as? any WindowedCursor : nil, limit: limit)
  }
}

/// Says after how many records paging starts over.
struct PaginationResetLimits: Component {
  let numberOfRecords: Int?

  init(from node: ComponentNode, in scope: BuildScope) throws { numberOfRecords = try node.int("number_of_records") }
}
