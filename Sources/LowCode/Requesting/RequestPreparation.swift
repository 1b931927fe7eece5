import AirbyteProtocol
import Foundation
import JSON

/// Turns an evaluated request into what goes over the wire, by the rules of Python's requests library.
enum RequestPreparation {
  /// The methods that carry a body.
  private static let bodyMethods: Set<String> = ["GET", "POST", "PUT", "PATCH"]

  /// - Throws: ``ConnectorError`` where both a form and a JSON body are given.
  static func request(method: String, url: String, parts: RequestParts) throws -> HTTPRequest {
    var request = HTTPRequest(method: method, url: try self.url(url, parameters: parts.parameters))
    for (name, value) in parts.headers { request.setHeader(name, PythonStrings.str(value)) }
    for (name, value) in request.headers { try HeaderText.check(name, value) }
    if request.header("Accept") == nil { request.setHeader("Accept", "*/*") }
    guard bodyMethods.contains(method) else { return request }
    let hasData = parts.bodyData != .object([:])
    if !parts.bodyJSON.isEmpty, hasData {
      throw ConnectorError(.system, "A request takes a JSON body or body data, not both at the same time.")
    }
    if !parts.bodyJSON.isEmpty {
      request.body = Array(PythonJSONWriter().string(.object(parts.bodyJSON)).utf8)
      if request.header("Content-Type") == nil { request.setHeader("Content-Type", "application/json") }
    } else if case .object(let fields) = parts.bodyData, hasData {
      request.body = Array(formEncoded(fields).utf8)
      if request.header("Content-Type") == nil { request.setHeader("Content-Type", "application/x-www-form-urlencoded") }
    } else if case .string(let text) = parts.bodyData {
      request.body = Array(text.utf8)
    }
    return request
  }

  /// `url` with `parameters` in its query; those that the URL already has with the same value are not repeated.
  static func url(_ url: String, parameters: JSONObject) throws -> String {
    var base = url.utf8.first.map { (0x21..<0x80).contains($0) } == true ? url[...] : url.drop(while: \.isWhitespace)
    // Other schemes stay as they are: whoever is to request them refuses.
    if !base.utf8.starts(with: "http".utf8), base.contains(":"), !base.lowercased().hasPrefix("http") { return String(base) }
    let fragment = cut(&base, at: UInt8(ascii: "#"))
    let query = cut(&base, at: UInt8(ascii: "?"))
    guard let scheme = base.range(of: "://") else {
      throw ConnectorError(.system, "The URL `\(base)` has no scheme: it should begin with https:// or http://.")
    }
    let end = base.utf8[scheme.upperBound...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
    let authority = base[scheme.upperBound..<(end ?? base.endIndex)]
    guard !authority.isEmpty else { throw ConnectorError(.system, "The URL `\(base)` has no host.") }
    guard !authority.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
      throw ConnectorError(.system, "The host of the URL `\(base)` has a space or a control character.")
    }

    let present = query.isEmpty ? [:] : firstValues(ofQuery: query)
    let added = present.isEmpty ? parameters : parameters.filter { key, value in present[key] != PythonStrings.str(value) }
    let encoded = formEncoded(added)
    let joined = [requoted(query, keeping: queryCharacters), encoded].filter { !$0.isEmpty }.joined(separator: "&")
    var path = String(base[authority.endIndex...])
    if path.utf8.contains(UInt8(ascii: ".")), path.contains("/.") { path = URLJoining.withoutDotSegments(path) }
    return base[..<authority.endIndex]
      + requoted(path.isEmpty ? "/" : path, keeping: pathCharacters)
      + (joined.isEmpty ? "" : "?" + requoted(uri: joined))
      + (fragment.isEmpty ? "" : "#" + requoted(fragment, keeping: queryCharacters))
  }

  /// Cuts off what stands behind the first `mark`, and the mark with it.
  private static func cut(_ text: inout Substring, at mark: UInt8) -> String {
    guard let place = text.utf8.firstIndex(of: mark) else { return "" }
    defer { text = text[..<place] }
    return String(Substring(text.utf8[place...].dropFirst()))
  }

  /// Fields as `application/x-www-form-urlencoded`: lists repeat their key, null ones are left out.
  static func formEncoded(_ fields: JSONObject) -> String {
    var pairs: [String] = []
    for (key, value) in fields {
      switch value {
      case .null: continue
      case .array(let elements):
        for element in elements where element != .null {
          pairs.append(quotePlus(key) + "=" + quotePlus(PythonStrings.str(element)))
        }
      case .object(let object):
        // Python iterates over a mapping's keys here.
        for name in object.keys { pairs.append(quotePlus(key) + "=" + quotePlus(name)) }
      default: pairs.append(quotePlus(key) + "=" + quotePlus(PythonStrings.str(value)))
      }
    }
    return pairs.joined(separator: "&")
  }

  /// The first value of each key of a query, decoded; keys without a value do not count.
  private static func firstValues(ofQuery query: String) -> [String: String] {
    var values: [String: String] = [:]
    for pair in query.split(separator: "&") {
      guard let equals = pair.firstIndex(of: "=") else { continue }
      let value = decoded(pair[pair.index(after: equals)...])
      let key = decoded(pair[..<equals])
      if !value.isEmpty, values[key] == nil { values[key] = value }
    }
    return values
  }

  private static func decoded(_ text: Substring) -> String {
    let plain = text.replacing("+", with: " ")
    return String(plain).removingPercentEncoding ?? String(plain)
  }

  /// Python's `quote_plus`.
  static func quotePlus(_ text: String) -> String {
    if text.utf8.allSatisfy({ unreserved[Int($0)] }) { return text }
    return percentEncoded(text.utf8, keeping: unreserved).replacing("%20", with: "+")
  }

  /// A whole URL, or a part of one, with everything quoted that must be: requests' `requote_uri`.
  static func requoted(uri: String) -> String { requoted(uri, keeping: uriCharacters) }

  /// A URL part with everything quoted that must be, what is quoted already left so, and unreserved characters plain.
  private static func requoted(_ text: String, keeping table: [Bool]) -> String {
    if text.utf8.allSatisfy({ table[Int($0)] }) { return text }
    let bytes = Array(text.utf8)
    var isQuoted = true
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "%") {
      let isEscape = index + 2 < bytes.count && bytes[index + 1].isHexDigit && bytes[index + 2].isHexDigit
      if !isEscape { isQuoted = false }
    }
    // A stray percent sign means that nothing was quoted yet.
    guard isQuoted else { return percentEncoded(bytes, keeping: table) }
    var table = table
    table[Int(UInt8(ascii: "%"))] = true
    return percentEncoded(unquotingUnreserved(bytes), keeping: table)
  }

  /// Escapes of unreserved characters undone, the others with capital digits.
  private static func unquotingUnreserved(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        result += unreserved[Int(value)] ? [value] : [bytes[index], bytes[index + 1].capital, bytes[index + 2].capital]
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  private static func percentEncoded(_ bytes: some Sequence<UInt8>, keeping table: [Bool]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in bytes {
      if table[Int(byte)] {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func table(_ characters: String) -> [Bool] {
    var table = [Bool](repeating: false, count: 256)
    for byte in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~".utf8 { table[Int(byte)] = true }
    for byte in characters.utf8 { table[Int(byte)] = true }
    return table
  }

  private static let unreserved = table("")
  private static let uriCharacters = table("!#$&'()*+,/:;=?@[]")
  /// RFC 3986 §3.3 and §3.4.
  private static let pathCharacters = table("!$&'()*+,;=:@/")
  private static let queryCharacters = table("!$&'()*+,;=:@/?")
}

extension UInt8 {
  fileprivate var capital: UInt8 { (0x61...0x7A).contains(self) ? self - 0x20 : self }

  fileprivate var isHexDigit: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}
