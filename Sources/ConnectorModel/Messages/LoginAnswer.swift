import JSON
import Jinja
import Secrets

/// The surroundings of logins: of an answer nothing is quoted unless it refuses the login, and what may be a token in it is hidden before
/// anybody sees it.
extension RuntimeEnvironment {
  package var loggingIn: RuntimeEnvironment {
    var runtime = self
    runtime.transport = LoginTransport(transport: transport, secrets: secrets)
    runtime.secrets = UnquotedAnswers(secrets: secrets)
    return runtime
  }
}

/// Hides the credentials of all that is sent and answered.
struct WatchedTransport: Transport {
  let transport: any Transport
  let secrets: any Secrets

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    secrets.hide(credentialsOf: request)
    let response = try await transport.exchange(request)
    secrets.hide(credentialsOf: response)
    return response
  }
}

private struct LoginTransport: Transport {
  let transport: any Transport
  let secrets: any Secrets

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let response = try await transport.exchange(request).whole()
    LoginAnswer(response).hide(from: secrets)
    return response
  }
}

/// Registers as ever, and quotes nothing but refusals.
private struct UnquotedAnswers: Secrets {
  let secrets: any Secrets

  func hide(_ secret: String) { secrets.hide(secret) }
  func hidePassing(_ secret: String) { secrets.hidePassing(secret) }
  func masked(_ text: String) -> String { text.isEmpty ? "" : SecretMask.replacement }
  var quotation: Quotation {
    Quotation(words: secrets, body: WithoutOpaqueTexts(secrets: secrets), quotesGoodAnswers: false)
  }
}

/// Hides whatever may be a token besides the secrets that are known.
private struct WithoutOpaqueTexts: Secrets {
  let secrets: any Secrets

  func hide(_ secret: String) { secrets.hide(secret) }
  func hidePassing(_ secret: String) { secrets.hidePassing(secret) }
  func masked(_ text: String) -> String {
    let masked = secrets.masked(text)
    var shown = ""
    var rest = masked[...]
    for piece in LoginAnswer.pieces(of: masked) where LoginAnswer.mayBeToken(piece) {
      shown += rest[..<piece.startIndex] + SecretMask.replacement
      rest = rest[piece.endIndex...]
    }
    return shown + rest
  }
}

/// What an API answered to a login, whatever its shape: JSON, a form, XML or a text.
struct LoginAnswer {
  private let response: HTTPResponse

  /// More pieces than these, and longer bodies, are not an answer to a login.
  private static let mostPieces = 1_000
  private static let longest = 1 << 20
  /// What describes a token or a failure.
  private static let plainNames: Set<String> = [
    "token_type", "scope", "scopes", "expires_in", "expires", "expires_at", "error", "error_description", "error_uri", "message",
    "messages", "detail", "details", "reason", "status", "type", "title",
  ]

  init(_ response: HTTPResponse) { self.response = response }

  func hide(from secrets: any Secrets) {
    guard !response.body.isEmpty, response.body.count <= Self.longest else { return }
    var found: [String] = []
    if let json = response.json {
      collect(json.value, &found)
    } else {
      let text = String(decoding: response.body, as: UTF8.self)
      found += URLParts.query(of: "?" + text).filter { CredentialName.isCredential($0.name) }.map(\.value)
      found += Self.pieces(of: text).filter(Self.isOpaque).map(String.init)
    }
    found.prefix(Self.mostPieces).forEach(secrets.hidePassing)
  }

  private func collect(_ root: JSONValue, _ found: inout [String]) {
    var open: [(name: String, value: JSONValue)] = [("", root)]
    while let (name, value) = open.popLast() {
      switch value {
      case .null, .bool: break
      case .array(let elements): open += elements.map { (name, $0) }
      case .object(let members): open += members.map { ($0.key, $0.value) }
      default:
        guard !Self.plainNames.contains(name.lowercased()) else { continue }
        let text = PythonStrings.str(value)
        if CredentialName.isCredential(name) || Self.isOpaque(text) { found.append(text) }
      }
    }
  }

  /// The runs of characters that tokens are made of.
  fileprivate static func pieces(of text: String) -> [Substring] {
    text.split { character in
      guard let byte = character.asciiValue else { return true }
      return !(character.isLetter || character.isNumber || "-._~+/%".utf8.contains(byte))
    }
  }

  /// Whether a piece of a sentence is rather a token than a word, a name or a code with underscores.
  fileprivate static func mayBeToken(_ piece: Substring) -> Bool {
    guard isOpaque(piece) else { return false }
    return piece.contains(where: \.isNumber) || piece.contains(where: \.isUppercase) && piece.contains(where: \.isLowercase)
  }

  /// Whether a text is more than a word: a token rather than an address or a sentence.
  private static func isOpaque(_ text: some StringProtocol) -> Bool {
    let bytes = text.utf8
    guard bytes.count >= 8, !text.contains("://"), !text.contains(where: \.isWhitespace) else { return false }
    return bytes.count >= 20 || bytes.contains { (0x30...0x39).contains($0) }
  }
}
