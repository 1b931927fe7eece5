import ConnectorModel
import Essentials
import JSON

/// A response as bytes: the length of its head, the head as JSON, the body.
enum PackedResponse {
  private static let lengthBytes = 8

  static func pack(_ response: HTTPResponse) -> Data {
    let headers = response.headers.map { JSONValue.array([.string($0.name), .string($0.value)]) }
    let head = JSONValue.array([.int(response.status), .string(response.url), .array(headers)]).jsonText
    var data = Data(capacity: lengthBytes + head.utf8.count + response.body.count)
    withUnsafeBytes(of: UInt64(head.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: head.utf8)
    data.append(response.body)
    return data
  }

  /// Nil for bytes that ``pack(_:)`` did not make.
  static func unpack(_ data: Data) -> HTTPResponse? {
    guard data.count >= lengthBytes else { return nil }
    let length = data.prefix(lengthBytes).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(data.count - lengthBytes) else { return nil }
    let start = data.startIndex + lengthBytes
    let end = start + Int(length)
    guard let head = (try? JSONValue(parsing: Array(data[start..<end])))?.array, head.count == 3, let status = head[0].int,
      let url = head[1].string
    else { return nil }
    let headers = (head[2].array ?? []).compactMap { pair -> (name: String, value: String)? in
      guard let pair = pair.array, pair.count == 2, let name = pair[0].string, let value = pair[1].string else { return nil }
      return (name, value)
    }
    return HTTPResponse(status: status, headers: HTTPHeaders(headers), body: Data(data[end...]), url: url)
  }
}
