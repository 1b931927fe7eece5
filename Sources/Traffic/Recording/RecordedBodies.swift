/// Which bodies a recording holds.
package enum RecordedBodies: String, CaseIterable, Sendable {
  /// None: such a recording is small and shows what was asked, and cannot be replayed.
  case none
  /// Those that are text.
  case text
  /// Others as well, as base64.
  case all
}
