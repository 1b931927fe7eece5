import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON
import Jinja
import Manifest
import Secrets
import Templating

/// Signs a JSON Web Token (RFC 7519) for each request.
struct JwtAuthenticator: Component, Authenticator {
  private let secretKey: InterpolatedString
  private let algorithm: JwtAlgorithm
  private let duration: Int?
  private let encodesKey: Bool
  private let headerPrefix: InterpolatedString?
  private let passphrase: InterpolatedString?
  private let standardHeaders: [(name: String, value: InterpolatedString)]
  private let standardClaims: [(name: String, value: InterpolatedString)]
  private let headers: InterpolatedMapping?
  private let claims: InterpolatedMapping?
  private let place: RequestOption
  private let evaluation: EvaluationContext
  private let runtime: RuntimeEnvironment

  private static let reservedHeaders = ["kid", "alg", "typ", "cty"]
  private static let reservedClaims = ["iss", "sub", "aud", "iat", "exp", "nbf"]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let parameters = node.parameters
    func template(_ value: ManifestNode?) throws -> InterpolatedString? {
      guard let value, !value.isNull, value.string != "" else { return nil }
      return InterpolatedString(value, parameters: parameters)
    }
    func templates(_ names: [String], in group: ManifestNode?) throws -> [(name: String, value: InterpolatedString)] {
      try names.compactMap { name in try template(group?[name]).map { (name, $0) } }
    }
    let algorithmNode = try node.required("algorithm")
    guard let algorithm = JwtAlgorithm(rawValue: algorithmNode.string ?? "") else {
      throw ConnectorError(
        .config, "`algorithm` should be one of \(JwtAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))",
        at: algorithmNode)
    }
    self.algorithm = algorithm
    secretKey = try InterpolatedString(node.required("secret_key"), parameters: parameters)
    duration = try node["token_duration"] == nil ? 1200 : node.int("token_duration")
    if let flag = node["base64_encode_secret_key"]?.string {
      // As in the reference, a template counts as true, whatever it gives.
      encodesKey = !flag.isEmpty
    } else {
      encodesKey = try node.bool("base64_encode_secret_key", default: false)
    }
    headerPrefix = try template(node["header_prefix"])
    passphrase = try template(node["passphrase"])
    standardHeaders = try templates(["kid", "typ", "cty"], in: node["jwt_headers"])
    standardClaims = try templates(["iss", "sub", "aud"], in: node["jwt_payload"])
    headers = try node["additional_jwt_headers"].map { try InterpolatedMapping($0, parameters: parameters) }
    claims = try node["additional_jwt_payload"].map { try InterpolatedMapping($0, parameters: parameters) }
    place =
      try scope.build(optional: node["request_option"])
      ?? RequestOption(header: InterpolatedString("Authorization"), config: scope.templateConfig)
    evaluation = EvaluationContext(config: scope.templateConfig, bindings: [(.jsonLoads, .object(JSONLoads()))])
    runtime = scope.runtime
  }

  func credentials() async throws -> RequestParts {
    var parts = RequestParts()
    try place.inject(.string(try token()), into: &parts)
    return parts
  }

  /// A fresh token behind its prefix.
  /// - Throws: ``ConnectorError`` if the key does not fit the algorithm, or a reserved header or claim is set.
  func token() throws -> String {
    let prefix = try headerPrefix?.string(evaluation) ?? ""
    let token = try signed()
    runtime.secrets.hidePassing(token)
    // A reader of the claims may show only the rest.
    if let signature = token.split(separator: ".").last { runtime.secrets.hidePassing(String(signature)) }
    return prefix.isEmpty ? token : prefix + " " + token
  }

  private func signed() throws -> String {
    var header: JSONObject = ["typ": "JWT"]
    header.merge(
      try additional(headers, reserved: Self.reservedHeaders, property: "additional_jwt_headers"), uniquingKeysWith: { $1 })
    for (name, value) in standardHeaders { header[name] = try value.evaluate(evaluation).json() }
    if header["typ"].map({ !$0.isTruthy }) == true { header["typ"] = nil }
    if let keyID = header["kid"], keyID.string == nil {
      throw ConnectorError(.system, "`kid` of `JwtAuthenticator` should give a string")
    }
    header["alg"] = .string(algorithm.rawValue)

    let now = Int(runtime.now().quotientFloored(by: 1_000_000))
    var payload = try additional(claims, reserved: Self.reservedClaims, property: "additional_jwt_payload")
    for (name, value) in standardClaims { payload[name] = try value.evaluate(evaluation).json() }
    payload["iat"] = .int(now)
    payload["exp"] = .int(now.addingReportingOverflow(duration ?? 0).partialValue)
    payload["nbf"] = .int(now)
    if let issuer = payload["iss"], issuer.string == nil {
      throw ConnectorError(.system, "`iss` of `JwtAuthenticator` should give a string")
    }

    let writer = PythonJSONWriter(itemSeparator: ",", keySeparator: ":")
    let sorted = PythonJSONWriter(itemSeparator: ",", keySeparator: ":", sortsKeys: true)
    let input = Self.base64URL(sorted.string(.object(header)).utf8) + "." + Self.base64URL(writer.string(.object(payload)).utf8)
    guard let key = try secretKey.evaluate(evaluation).text else {
      throw ConnectorError(.system, "`secret_key` of `JwtAuthenticator` should give a text")
    }
    runtime.secrets.hide(key)
    let passphrase = try passphrase?.string(evaluation) ?? ""
    runtime.secrets.hide(passphrase)
    do throws(JwtKeyError) {
      let signature =
        passphrase.isEmpty
        ? try algorithm.signature(
          of: Array(input.utf8), key: encodesKey ? Data(key.utf8).base64EncodedString() : key, passphrase: nil)
        : try algorithm.signature(of: Array(input.utf8), key: key, passphrase: passphrase)
      return input + "." + Self.base64URL(signature)
    } catch {
      throw ConnectorError(.system, "The token cannot be signed with \(algorithm.rawValue): \(error.message)")
    }
  }

  private func additional(_ mapping: InterpolatedMapping?, reserved: [String], property: String) throws -> JSONObject {
    let values = try mapping?.evaluate(evaluation) ?? [:]
    if let name = reserved.first(where: { values[$0] != nil }) {
      throw ConnectorError(.system, "`\(property)` of `JwtAuthenticator` cannot set `\(name)`: it has a property of its own")
    }
    return values
  }

  /// Base64 for URLs without padding (RFC 7515 §2).
  private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}

extension Int64 {
  fileprivate func quotientFloored(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

extension Symbol {
  static let jsonLoads = Symbol("json_loads")
}

/// Python's `json.loads` for the templates of a token.
private final class JSONLoads: TemplateObject {
  var typeName: String { "function" }
  var isCallable: Bool { true }

  func call(_ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    guard let text = arguments.positional.first?.text else {
      throw TemplateError(.type, "json_loads takes a text")
    }
    try evaluation.charge(text: text.utf8.count)
    let loaded: Value
    do throws(JSONError) {
      loaded = Value(try JSONValue(parsing: text))
    } catch {
      throw TemplateError(.value, "json_loads: \(error)")
    }
    return try loaded.owned(by: &evaluation)
  }
}
