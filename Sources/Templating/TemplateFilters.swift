import Jinja
import Python

/// The filters of low-code templates beside Jinja's own, as the reference has them: `hash`, `base64encode`, `regex_search`, …
enum TemplateFilters {
  static func add(to environment: inout Environment) {
    environment.filters["hash"] = hash
    environment.filters["hmac"] = hmac
    environment.filters["string"] = string
    environment.filters["base64encode"] = base64encode
    environment.filters["base64decode"] = base64decode
    environment.filters["base64binascii_decode"] = base64binasciiDecode
    environment.filters["regex_search"] = regexSearch
    environment.filters["regex_replace"] = regexReplace
  }

  private static let hash: Environment.Filter = { value, arguments, evaluation throws(TemplateError) in
    let bound = try arguments.bound(to: ["hash_type", "salt"], of: "hash")
    let name = bound[0] ?? .string("md5")
    guard let name = name.text else { throw TemplateError(.type, "The name of a hash function must be a text") }
    if TextDigest.notDigests.contains(name) { throw TemplateError(.type, "\(name) is not a hash function for text") }
    var parts = [try value.text(&evaluation)]
    if let salt = bound[1], salt.isTruthy { parts.append(try salt.text(&evaluation)) }
    for part in parts { try evaluation.charge(text: part.utf8.count) }
    guard let digest = TextDigest.hexadecimal(of: parts, by: name) else {
      throw TemplateError(.attribute, "No hashing function named \(name)")
    }
    return .string(digest)
  }

  private static let hmac: Environment.Filter = { value, arguments, evaluation throws(TemplateError) in
    let bound = try arguments.bound(to: ["key", "hash_type"], of: "hmac", required: 1)
    if let type = bound[1], type.text != "sha256" {
      guard type.text != nil || !type.isMapping else { throw TemplateError(.type, "The name of a hash function must be a text") }
      throw TemplateError(.value, "Hash type '\(try type.text(&evaluation))' is not allowed. Allowed types: sha256")
    }
    let key = try (bound[0] ?? .none).text(&evaluation)
    let message = try value.text(&evaluation)
    try evaluation.charge(text: message.utf8.count)
    try evaluation.charge(text: key.utf8.count)
    return .string(TextDigest.authenticationCode(of: message, key: key))
  }

  private static let string: Environment.Filter = { value, arguments, evaluation throws(TemplateError) in
    _ = try arguments.bound(to: [], of: "string")
    if value.text != nil { return value }
    // Triple quotes keep the literal rule from turning the text back into a value.
    return .string("\"\"\"\(try PythonJSONText.write(value, &evaluation))\"\"\"")
  }

  private static let base64encode: Environment.Filter = { value, arguments, evaluation throws(TemplateError) in
    _ = try arguments.bound(to: [], of: "base64encode")
    let text = try encodable(value, "encode")
    try evaluation.charge(text: text.utf8.count * 2)
    return .string(Base64Text.encode(text))
  }

  private static let base64decode: Environment.Filter = { value, arguments, evaluation throws(TemplateError) in
    _ = try arguments.bound(to: [], of: "base64decode")
    let text = try encodable(value, "encode")
    try evaluation.charge(text: text.utf8.count)
    return .string(try Base64Text.decode(text))
  }

  /// Encodes, whatever its name says.
  private static let base64binasciiDecode: Environment.Filter = { value, arguments, evaluation throws(TemplateError) in
    _ = try arguments.bound(to: [], of: "base64binascii_decode")
    let text = try encodable(value, "encode")
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      throw TemplateError(.value, "base64binascii_decode takes ASCII text only")
    }
    try evaluation.charge(text: text.utf8.count * 2)
    return .string(Base64Text.encode(text))
  }

  private static let regexSearch: Environment.Filter = { value, arguments, evaluation throws(TemplateError) in
    let bound = try arguments.bound(to: ["regex"], of: "regex_search", required: 1)
    let regex = try regex(bound[0])
    let text = try subject(value)
    try evaluation.charge(text: text.utf8.count)
    do throws(PatternLimitExceeded) {
      guard regex.groupCount > 0, let match = try regex.firstMatch(in: text) else { return .string("") }
      return match.group(1).map { .string($0) } ?? .none
    } catch {
      throw tooManySteps(regex)
    }
  }

  private static let regexReplace: Environment.Filter = { value, arguments, evaluation throws(TemplateError) in
    let bound = try arguments.bound(to: ["regex", "replacement"], of: "regex_replace", required: 2)
    let regex = try regex(bound[0])
    guard let replacement = bound[1]?.text else { throw TemplateError(.type, "The replacement of regex_replace must be a text") }
    let text = try subject(value)
    // Each letter may be a match.
    try evaluation.charge(text.utf8.count >> 1)
    let template: PatternReplacement
    do throws(PatternError) {
      template = try PatternReplacement(replacement, for: regex)
    } catch {
      throw TemplateError(error.isUnknownGroup ? .index : .value, error.reason)
    }
    do {
      var made = 0
      let result = try regex.replacing(with: template, in: text) { size in
        try evaluation.charge(text: size, adding: size - made)
        made = size
      }
      return .string(result)
    } catch let error as TemplateError {
      throw error
    } catch {
      throw tooManySteps(regex)
    }
  }

  /// A value whose text is encoded. Throws as the look-up of a missing method does.
  private static func encodable(_ value: Value, _ method: String) throws(TemplateError) -> String {
    if let text = value.text { return text }
    if case .undefined(let undefined) = value { throw undefined.error }
    throw TemplateError(.attribute, "'\(value.typeName)' object has no attribute '\(method)'")
  }

  private static func regex(_ value: Value?) throws(TemplateError) -> PythonPattern {
    guard let pattern = value?.text else { throw TemplateError(.type, "A regular expression must be a text") }
    do throws(PatternError) {
      return try PythonPattern.cached(pattern)
    } catch {
      throw TemplateError(.value, "The regular expression '\(pattern)' is not valid: \(error.reason)")
    }
  }

  private static func tooManySteps(_ pattern: PythonPattern) -> TemplateError {
    TemplateError(.limit, "The regular expression '\(pattern.source)' takes too many steps")
  }

  private static func subject(_ value: Value) throws(TemplateError) -> String {
    guard let text = value.text else { throw TemplateError(.type, "expected string or bytes-like object") }
    return text
  }
}
