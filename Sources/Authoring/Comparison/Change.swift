import JSON

/// One difference between two versions of a connector.
package struct Change: Sendable, Equatable {
  /// What a difference means for connections that exist, by semantic versioning.
  package enum Level: String, Sendable, Comparable, CaseIterable {
    /// Nothing that a user would notice.
    case patch
    /// Something new, which asks nothing of users.
    case minor
    /// What worked may work no more.
    case major

    package static func < (left: Level, right: Level) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }

  /// What differs.
  package enum Area: String, Sendable, CaseIterable {
    case spec, catalog, schema, requests, records, state
  }

  package let level: Level
  package let area: Area
  /// Nil for what concerns no stream.
  package let stream: String?
  /// What is different, as the words behind a name: "`a.b` was removed".
  package let message: String

  package init(_ level: Level, _ area: Area, stream: String? = nil, _ message: String) {
    self.level = level
    self.area = area
    self.stream = stream
    self.message = message
  }
}
