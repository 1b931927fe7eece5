import CMemory
import Concurrency
import JSON

/// The memory in which large records are made: built for a component that changes them, and written as lines.
///
/// Whoever has some of it waits for no other memory until it is given back, so that everybody's turn comes.
package struct RecordWorkshop: Sendable {
  /// A part of the memory for responses, beside what their bodies take.
  private static let part = 3
  /// The memory for a word of the index when the record is built: a small object takes most.
  private static let bytesAWord = 64
  /// Records up to this size of their text are free.
  package static let small = 256 << 10

  /// From this much memory on, it is worth the time to give it back.
  private static let worthReturning = 16 << 20

  private let limit: Limit
  private let total: Int
  private let space: AsyncSemaphore<Amount>

  /// Whether a task has some of the memory already: what it makes besides is small against that.
  @TaskLocal private static var isEntered = false

  package init(_ limit: Limit) {
    self.limit = limit
    total = max(1, limit.value / Self.part)
    space = AsyncSemaphore(Amount(free: total))
  }

  /// Runs `body` as soon as there is memory for the largest of `records`.
  /// - Parameters:
  ///   - areBuilt: whether they are built in memory, and not only written.
  ///   - url: where they come from.
  /// - Throws: ``TransportError`` if a record takes more than there is; `CancellationError`.
  package func make<Result>(_ records: [Record], areBuilt: Bool, from url: String, _ body: () async throws -> Result) async throws
    -> Result
  {
    // Out of an array's subscript a record would be copied.
    let cost = records.withUnsafeBufferPointer { records in
      records.indices.reduce(0) { max($0, Self.cost(of: records[$1], isBuilt: areBuilt)) }
    }
    guard cost > 0, !Self.isEntered else { return try await body() }
    try check(cost, url)
    return try await space.withPermit(cost) {
      // Each thread's heap would keep what the small parts of a large record took, until twenty of them have as much.
      defer { if cost > Self.worthReturning { heap_trim() } }
      return try await Self.$isEntered.withValue(true, operation: body)
    }
  }

  /// - Throws: ``TransportError`` if a record takes more memory than there is.
  fileprivate func check(_ cost: Int, _ url: String) throws(TransportError) {
    guard cost <= total else {
      throw TransportError(
        .tooLarge,
        "A record of the response of \(RequestURL(url).publicText) takes more memory, with what is made of it, than \(total) bytes, a "
          + "third of the \(limit.value) that all large responses may take at a time. \(limit.variable) changes this")
    }
  }

  /// About the memory that making a record takes; nothing where it was built in memory already.
  fileprivate static func cost(of record: borrowing Record, isBuilt: Bool) -> Int {
    record.view.map { cost(of: $0, isBuilt: isBuilt) } ?? 0
  }

  /// The same for the object that it is in its page.
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

/// Where a record is made that others of the same response share.
public struct RecordWorkplace: Sendable {
  package let workshop: RecordWorkshop
  /// Where the record comes from.
  package let url: String

  package init(workshop: RecordWorkshop, url: String) {
    self.workshop = workshop
    self.url = url
  }

  /// Runs `body`, which builds `record`, as soon as there is memory for it.
  /// - Throws: ``TransportError`` if the record takes more than there is; `CancellationError`.
  package func make(_ record: Record, _ body: () async throws -> Void) async throws {
    // Whoever takes the items may read others that they bring about, and wait for the same memory.
    guard ResponseRoom.holder == nil else { return try await workshop.make([record], areBuilt: true, from: url, body) }
    try workshop.check(RecordWorkshop.cost(of: record, isBuilt: true), url)
    try await body()
  }
}
