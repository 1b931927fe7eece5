/// Why a text is not a pattern of Python's `re`, or not a replacement for one.
package struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A clause without a full stop: "a set is not closed".
  package let reason: String
  /// Whether a replacement names a group that the pattern does not have; Python raises an `IndexError` there.
  package let isUnknownGroup: Bool

  init(_ reason: String, isUnknownGroup: Bool = false) {
    self.reason = reason
    self.isUnknownGroup = isUnknownGroup
  }

  package var description: String { reason }
}

/// A match was given up because it takes too many steps or too much memory.
///
/// Nested repetitions such as `(a+)+b` can take time that doubles with each character, in Python without end.
package struct PatternLimitExceeded: Error, Sendable, Hashable {
  package let pattern: String
}
