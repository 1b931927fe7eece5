import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON
import Manifest
import Secrets

/// What a consent was answered with, by the address that the browser was sent back to, or by what a user copied from it.
package enum ConsentAnswer: Sendable, Equatable {
  /// A code that can be redeemed once.
  case code(String)
  /// The consent failed: the provider's name for it, as in `access_denied`, and its words.
  case refusal(error: String, description: String?)

  /// Reads the fields of a redirect.
  /// - Parameters:
  ///   - codeKey: what the API calls the code.
  ///   - stateKey: what it calls the state.
  /// - Throws: ``ConnectorError`` if it is not the answer to the consent that has this state.
  static func read(
    _ fields: [(name: String, value: String)], codeKey: String, stateKey: String, state: String
  ) throws(ConnectorError) -> ConsentAnswer {
    func first(_ name: String) -> String? { fields.first { $0.name == name && !$0.value.isEmpty }?.value }
    let given = first(stateKey)
    if let error = first("error") {
      // Some leave the state out of a refusal, which gives nobody anything.
      if given != nil, given != state { throw wrongState(stateKey) }
      return .refusal(error: error, description: first("error_description") ?? first("error_reason"))
    }
    guard let code = first(codeKey) else {
      throw ConnectorError(
        .config, "The answer to the consent has no `\(codeKey)`",
        remedy: "if the API calls the code otherwise, name that in `auth_code_key`")
    }
    guard given == state else { throw given == nil ? missingState(stateKey) : wrongState(stateKey) }
    return .code(code)
  }

  private static func wrongState(_ key: String) -> ConnectorError {
    ConnectorError(
      .config, "The answer to the consent has another `\(key)` than was sent, so it belongs to another sign-in",
      remedy: "run `login` again, and use only the page that it opens")
  }

  private static func missingState(_ key: String) -> ConnectorError {
    ConnectorError(
      .config, "The answer to the consent has no `\(key)`, so that it may belong to another sign-in",
      remedy:
        "if the API calls the state otherwise, name that in `state_key`; if it has none, run `login --paste` and paste the code alone"
    )
  }

  /// The failure that a refusal is; nil for a code.
  func failure(hiding secrets: any Secrets) -> ConnectorError? {
    guard case .refusal(let error, let description) = self else { return nil }
    let text = [error, description].compactMap { $0 }.map { words in
      secrets.excerpt(of: TerminalText.line(words.split(whereSeparator: \.isWhitespace).joined(separator: " ")), upTo: 300)
    }
    let reason = text.joined(separator: ", ").trimmed(.of(". "))
    let what = error == "access_denied" ? "The consent was denied" : "The provider does not ask for consent"
    return ConnectorError(.config, "\(what): \(reason)")
  }
}

extension ConsentAnswer {
  /// Reads what a user pastes: the address that the browser was sent to, its query, or the code alone.
  /// - Throws: ``ConnectorError`` if it is not the answer to the consent that has this state.
  static func read(pasted text: String, codeKey: String, stateKey: String, state: String) throws(ConnectorError) -> ConsentAnswer
  {
    let text = text.trimmed(.whitespacesAndNewlines).trimmed(.of("\"'<>"))
    guard !text.isEmpty else {
      throw ConnectorError(.config, "Nothing was pasted", remedy: "paste the address that the browser shows after the consent")
    }
    let url = RequestURL(text)
    // An answer may come behind a hash, and a query without the address before it.
    let query: Substring? = url.query ?? url.fragment.flatMap { $0.contains("=") ? $0 : nil }
    if let query { return try read(fields(query), codeKey: codeKey, stateKey: stateKey, state: state) }
    if url.scheme != nil, url.authority != nil {
      throw ConnectorError(
        .config, "The pasted address has no `\(codeKey)`",
        remedy: "paste the whole address that the browser shows after the consent")
    }
    if text.hasPrefix("\(codeKey)=") || text.contains("&"), text.contains("=") {
      return try read(fields(text), codeKey: codeKey, stateKey: stateKey, state: state)
    }
    let code = PercentEncoding.decoded(text) ?? text
    guard !code.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 || $0 == "\u{FFFD}" }) else {
      throw ConnectorError(
        .config, "What was pasted is neither an address nor a code",
        remedy: "paste the whole address that the browser shows after the consent")
    }
    return .code(code)
  }

  private static func fields(_ query: some StringProtocol) -> [(name: String, value: String)] {
    QueryText(query).fields.map { ($0.name, $0.value ?? "") }
  }
}
