import JSON

/// The memory in which large records are made: built for a component that changes them, and written as lines.
///
/// Whoever has some of it waits for no other memory until it is given back, so that everybody's turn comes.
struct RecordWorkshop: Sendable {
  /// A part of the memory for responses, beside what their bodies take.
  private static let part = 3
  /// What a word of the index comes to where the record is built: a small object takes most.
  private static let bytesAWord = 48
  /// Records up to this size of their text are free.
  static let small = 256 << 10

  private let limit: Limit
  private let total: Int
  private let space: AsyncSemaphore<Amount>

  init(_ limit: Limit) {
    self.limit = limit
    total = max(1, limit.value / Self.part)
    space = AsyncSemaphore(Amount(free: total))
  }

  /// Runs `body` as soon as there is memory for the largest of `records`.
  /// - Parameters:
  ///   - areBuilt: whether they are built in memory, and not only written.
  ///   - url: where they come from.
  /// - Throws: ``TransportError`` where a record takes more than there is; `CancellationError`.
  func make<Result>(_ records: [Record], areBuilt: Bool, from url: String, _ body: () async throws -> Result) async throws
    -> Result
  {
    let cost = records.withUnsafeBufferPointer { records in
      records.indices.reduce(0) { max($0, records[$1].view.map { Self.cost(of: $0, isBuilt: areBuilt) } ?? 0) }
    }
    guard cost > 0 else { return try await body() }
    guard cost <= total else {
      throw TransportError(
        .tooLarge,
        "A record of the response of \(RequestURL(url).publicText) takes more memory, with what is made of it, than \(total) bytes, a "
          + "third of the \(limit.value) that all large responses may take at a time. \(limit.variable) changes this.")
    }
    return try await space.withPermit(cost, body)
  }

  /// About the memory that making a record takes.
  static func cost(of record: JSONView, isBuilt: Bool) -> Int {
    let text = record.containerSize
    guard text > small else { return 0 }
    return isBuilt ? text * 2 + record.wordCount * bytesAWord : text
  }

  private struct Amount: AdmissionRule {
    var free: Int

    mutating func admit(_ claim: Int) -> Bool {
      guard claim <= free else { return false }
      free -= claim
      return true
    }

    mutating func release(_ claim: Int) { free += claim }
  }
}
