import JSON
import Python

/// The formats of draft-07 (and `uuid`, `duration` of its successors) that can be checked.
enum StringFormat: String, Sendable {
  case dateTime = "date-time"
  case date
  case time
  case duration
  case email
  case idnEmail = "idn-email"
  case hostname
  case idnHostname = "idn-hostname"
  case ipv4
  case ipv6
  case uri
  case uriReference = "uri-reference"
  case iri
  case iriReference = "iri-reference"
  case uriTemplate = "uri-template"
  case jsonPointer = "json-pointer"
  case relativeJSONPointer = "relative-json-pointer"
  case regex
  case uuid

  func accepts(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    switch self {
    case .date: return DateFormat.isDate(bytes[...])
    case .time: return DateFormat.isTime(bytes[...])
    case .dateTime: return DateFormat.isDateTime(bytes)
    case .duration: return DateFormat.isDuration(bytes)
    case .email, .idnEmail: return bytes.contains(UInt8(ascii: "@"))
    case .hostname: return HostFormat.isHostname(bytes, international: false)
    case .idnHostname: return HostFormat.isHostname(bytes, international: true)
    case .ipv4: return HostFormat.isIPv4(bytes[...])
    case .ipv6: return HostFormat.isIPv6(bytes)
    case .uri: return URIFormat.isURI(bytes, relative: false, international: false)
    case .uriReference: return URIFormat.isURI(bytes, relative: true, international: false)
    case .iri: return URIFormat.isURI(bytes, relative: false, international: true)
    case .iriReference: return URIFormat.isURI(bytes, relative: true, international: true)
    case .uriTemplate: return URIFormat.isTemplate(bytes)
    case .jsonPointer: return URIFormat.isPointer(bytes[...])
    case .relativeJSONPointer: return URIFormat.isRelativePointer(bytes)
    case .regex: return (try? PythonPattern(text)) != nil
    case .uuid: return Self.isUUID(bytes)
    }
  }

  private static func isUUID(_ bytes: [UInt8]) -> Bool {
    bytes.count == 36
      && bytes.enumerated().allSatisfy { place, byte in
        [8, 13, 18, 23].contains(place) ? byte == UInt8(ascii: "-") : byte.isHexDigit
      }
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 48 && self <= 57 }
  var isLetter: Bool { (self | 32) >= 97 && (self | 32) <= 122 }
  var isHexDigit: Bool { isDigit || ((self | 32) >= 97 && (self | 32) <= 102) }
}
