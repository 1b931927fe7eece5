import LowCode

/// Takes the blanks away that a token was copied with.
struct TrimmedToken: Component, ConfigTransformation {
  init(from node: ComponentNode, in scope: BuildScope) throws {}

  func transform(_ config: inout ConfigDraft) async throws {
    if let token = config["token"]?.string { config["token"] = .string(token.filter { !$0.isWhitespace }) }
  }
}
