import Essentials
import Jinja

/// The filters of the templates of a consent, in each spelling that manifests use: the one that the schema of manifests names, the one
/// that Airbyte's platform has, and those of the documentation's examples.
enum ConsentFilters {
  /// Jinja's own filters and these.
  static let environment: Environment = {
    var environment = Environment.standard
    for (names, filter) in all { for name in names { environment.filters[name] = filter } }
    return environment
  }()

  /// Whether there is a filter of that name.
  static func has(_ name: String) -> Bool { environment.filters[name] != nil }

  /// The names of the filter that makes a code challenge: a template with one of them has a proof key of its own.
  static let challengeNames = ["codeChallengeS256", "codechallengeS256", "code_challenge_s256", "codechallenges256"]

  private static let all: [(names: [String], filter: Environment.Filter)] = [
    (["urlencode", "urlEncode", "urlEncoder", "urlencoder", "url_encode"], filter("urlEncoder") { encoded($0) }),
    (
      ["urldecode", "urlDecode", "urlDecoder", "urldecoder", "urlDecorer", "url_decode"],
      filter("urlDecoder") { $0.replacing("+", with: " ").withoutPercentEscapes ?? $0 }
    ),
    (
      ["b64encode", "base64encode", "base64Encode", "base64Encoder", "base64encoder"],
      filter("base64Encoder") { Data($0.utf8).base64EncodedString() }
    ),
    (
      ["b64decode", "base64decode", "base64Decode", "base64Decoder", "base64decoder", "base64Decorer"],
      filter("base64Decoder") { text in
        Data(base64Encoded: text).flatMap { String(validating: $0, as: UTF8.self) }
      }
    ),
    (challengeNames, filter("codeChallengeS256") { ProofKey.challenge(of: $0) }),
  ]

  /// - Parameter change: gives nil for a text that the filter cannot take.
  private static func filter(_ name: String, _ change: @escaping @Sendable (String) -> String?) -> Environment.Filter {
    { value, arguments, evaluation throws(TemplateError) in
      _ = try arguments.bound(to: [], of: name)
      let text = try value.text(&evaluation)
      try evaluation.charge(text: text.utf8.count * 3)
      guard let changed = change(text) else { throw TemplateError(.value, "`\(name)` cannot read its text") }
      return .string(changed)
    }
  }

  /// A text with everything quoted that may mean something in a URL (RFC 3986 §2.3 names the rest).
  static func encoded(_ text: String) -> String {
    text.percentEscaped(except: "-._~")
  }
}
