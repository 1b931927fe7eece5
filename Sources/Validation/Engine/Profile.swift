/// Which rules speak, and how loud.
package enum Profile: String, Sendable, CaseIterable {
  /// Every rule, in each place.
  case all
  /// What a reader of a published manifest has to know: rules about taste are left out, and old forms that work are counted.
  case `default`
  /// Every rule, and each warning is an error.
  case strict

  /// The levels that `--strict` asks for too.
  var isStrict: Bool { self == .strict }
}

/// What becomes of a rule's findings in the profile `default`; `all` and `strict` have all of them.
package enum DefaultPresence: Sendable {
  case shown
  /// One line a file says how many there are.
  case counted
  case hidden
}

/// How loud a rule is, where somebody says so.
package enum RuleLevel: String, Sendable, CaseIterable {
  case off, warning, error
}
