/// What helps against what a finding or an error says. It can be shown, and a tool can offer to do it.
public enum Remedy: Sendable, Hashable {
  /// A name that was probably meant.
  case name(String)
  /// A value that was probably meant.
  case value(String)
  /// Something was called `written` and is called `name`.
  case rename(String, to: String)
  /// A name was written, and another one was probably meant.
  case use(String, insteadOf: String)
  /// Anything else, in words: a clause that begins with a small letter and has no stop.
  case advice(String)
}

extension Remedy: CustomStringConvertible {
  /// A clause, as it follows a message: "did you mean `x`?".
  public var description: String {
    switch self {
    case .name(let name): "did you mean `\(name)`?"
    case .value(let value): "did you mean '\(value)'?"
    case .rename(let written, let name): "did you write `\(written)` for `\(name)`?"
    case .use(let name, let written): "did you mean `\(name)` for `\(written)`?"
    case .advice(let advice): advice
    }
  }
}

extension Remedy: ExpressibleByStringInterpolation {
  public init(stringLiteral advice: String) { self = .advice(advice) }
}

extension Remedy {
  /// The same remedy with each text of it changed, as to leave out what must not be shown.
  package func mapped(_ change: (String) -> String) -> Remedy {
    switch self {
    case .name(let name): .name(change(name))
    case .value(let value): .value(change(value))
    case .rename(let written, let name): .rename(change(written), to: change(name))
    case .use(let name, let written): .use(change(name), insteadOf: change(written))
    case .advice(let advice): .advice(change(advice))
    }
  }
}
