/// Works on the records of a page at once, rather than one by one: where each call has a price, such as that of another process.
public protocol PageStep: Sendable {
  /// Filters or changes records, in order. They are those of a page, or of a part of it where a body is decoded while it is received.
  /// - Throws: why there is nothing behind the records that are left: those before the failure stay, as they are to be passed on.
  func run(_ records: inout [Record], slice: StreamSlice) async throws
  /// One step in place of this one and the one behind it; nil if they stay two. The result works record by record, so that a failure in
  /// the second one leaves what both made of the records before.
  func joining(_ next: any PageStep) -> (any PageStep)?
}

extension PageStep {
  public func joining(_ next: any PageStep) -> (any PageStep)? { nil }
}
