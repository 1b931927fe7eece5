/// A comment that silences a rule which does not exist. The comments themselves are read by `Suppressions`.
enum UnknownIgnore {
  static let name = "unknown-ignore"
  static let summary = "A comment silences a rule that does not exist."
}

/// A comment that silences nothing, because it names no rule, or one that finds nothing there.
enum UnusedIgnore {
  static let name = "unused-ignore"
  static let summary = "A comment that should silence a rule has no effect."
}
