import Secrets

/// The arguments that a user gave. Messages about them show no value that may be a secret: a config where its path belongs, a token
/// behind an option that there is not.
struct GivenArguments {
  let all: [String]

  /// `message` without these values.
  func masked(_ message: String) -> String { secrets.masked(message) }

  private var secrets: SecretMask {
    let mask = SecretMask()
    var isCredential = false
    for argument in all {
      if argument.hasPrefix("-"), argument.count > 1 {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        isCredential = CredentialName.isCredential(String(parts[0]))
        if parts.count == 2, isCredential || Self.isContent(String(parts[1])) { mask.hide(String(parts[1])) }
      } else {
        if isCredential || Self.isContent(argument) { mask.hide(argument) }
        isCredential = false
      }
    }
    return mask
  }

  /// Whether a text is neither a name nor a path, but may be the content of a file or a token.
  static func isContent(_ text: String) -> Bool {
    if text.utf8.count > 1_000 || text.contains(where: { "{}[]\"=;,".contains($0) || $0.isNewline }) || text.contains(": ") {
      return true
    }
    // Numbers with a unit are not secrets.
    if text.drop(while: \.isNumber).count <= 2 { return false }
    let name = text.split(separator: "/").last ?? ""
    return name.utf8.count >= 20 && !name.contains(".") && name.contains(where: \.isNumber)
  }
}
