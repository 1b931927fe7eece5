/// The headers of a response in the order of the wire, looked up without regard to the case of names (RFC 9110 §5.1). Repeated ones
/// are joined by a comma.
public struct HTTPHeaders: Sendable {
  /// A name and its value.
  public typealias Header = (name: String, value: String)

  private var headers: [Header] = []
  /// The places by names in lower case; empty as long as there are so few that looking at each is faster.
  private var places: [String: Int] = [:]
  private static let fewest = 16

  /// No headers.
  public init() {}

  /// Headers in their order.
  public init(_ headers: some Sequence<Header>) { for header in headers { add(header.name, header.value) } }

  /// Adds a header, behind what the one of this name says already.
  public mutating func add(_ name: String, _ value: String) {
    if let place = place(of: name) {
      headers[place].value += ", " + value
      return
    }
    headers.append((name, value))
    if !places.isEmpty {
      places[HeaderName.lowercased(name)] = headers.count - 1
    } else if headers.count > Self.fewest {
      for (place, header) in headers.enumerated() { places[HeaderName.lowercased(header.name)] = place }
    }
  }

  /// The value of the header of a name.
  public subscript(name: String) -> String? { place(of: name).map { headers[$0].value } }

  private func place(of name: String) -> Int? {
    places.isEmpty ? headers.firstIndex { HeaderName.isSame($0.name, name) } : places[HeaderName.lowercased(name)]
  }
}

extension HTTPHeaders: RandomAccessCollection {
  public var startIndex: Int { headers.startIndex }
  public var endIndex: Int { headers.endIndex }
  public subscript(place: Int) -> Header { headers[place] }
}

extension HTTPHeaders: ExpressibleByArrayLiteral {
  public init(arrayLiteral headers: Header...) { self.init(headers) }
}

/// Names of headers, whose ASCII letters may be of any case.
package enum HeaderName {
  package static func isSame(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8, right.utf8)
    return left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || lower($0) == lower($1) }
  }

  package static func lowercased(_ name: String) -> String {
    String(decoding: name.utf8.lazy.map { lower($0) }, as: UTF8.self)
  }

  /// Whether a text can be a name: a token of RFC 9110 §5.6.2.
  package static func isToken(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isTokenByte) }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  @inline(__always)
  private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}

extension [HTTPHeaders.Header] {
  /// The place of the first header of a name.
  package func place(of name: String) -> Int? { firstIndex { HeaderName.isSame($0.name, name) } }

  /// The value of the first header of a name.
  package func value(of name: String) -> String? { place(of: name).map { self[$0].value } }
}
