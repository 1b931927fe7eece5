/// Finds the records in a response as a whole: it decodes the body itself.
public protocol ResponseExtractor: Sendable {
  /// Calls `take` with what it finds, in order, in as many parts as it likes: what it finds may have no end.
  /// - Parameter take: returns whether more is needed.
  /// - Throws: ``ConnectorError`` if the response is not one that the extractor understands; what `take` got until then is good.
  func records(
    of response: HTTPResponse, slice: StreamSlice, _ take: (ExtractedPart) async throws -> Bool
  ) async throws
  /// The same extractor with a step behind it that it does as well; nil if the step stays apart.
  func joining(_ step: any PageStep) -> (any ResponseExtractor)?
  /// How the body is received.
  var reception: Reception { get }
}

extension ResponseExtractor {
  public func joining(_ step: any PageStep) -> (any ResponseExtractor)? { nil }
  public var reception: Reception { .memory }
}

/// Some of what a ``ResponseExtractor`` finds.
public struct ExtractedPart: Sendable {
  /// What comes out, in order.
  public var items: [ExtractedItem]
  /// How many the extractor found for them, before a step that was joined dropped any.
  public var extracted: Int

  /// - Parameter extracted: how many were found before a joined step dropped any; nil for as many as there are.
  public init(_ items: [ExtractedItem], extracted: Int? = nil) {
    self.items = items
    self.extracted = extracted ?? items.count
  }
}
