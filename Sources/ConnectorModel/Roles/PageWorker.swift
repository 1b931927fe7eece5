/// Works on records one by one, and perhaps on those of a page at once.
///
/// ``RecordCondition`` and ``RecordTransformation`` are such roles, and one type can have both.
public protocol PageWorker: Sendable {
  /// What works on the records of a page at once, which is asked then instead; nil if they are looked at one by one.
  var pageStep: (any PageStep)? { get }
}

extension PageWorker {
  public var pageStep: (any PageStep)? { nil }
}
