import JSON

/// A message of JSON-RPC 2.0 from a client.
enum RPCMessage {
  case request(id: JSONValue, method: String, params: JSONValue)
  case notification(method: String, params: JSONValue)
  /// An answer to a request of the server, which sends none.
  case response

  /// - Throws: ``RPCError`` for what is no message.
  init(_ bytes: [UInt8]) throws(RPCError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw RPCError(.parse, "The message is not JSON: \(error.message)")
    }
    guard value.object != nil else { throw RPCError(.invalidRequest, "A message is an object; batches are not supported") }
    let id = value["id"]
    guard let method = value["method"]?.string else {
      if id != nil, value["result"] != nil || value["error"] != nil {
        self = .response
        return
      }
      throw RPCError(.invalidRequest, "The message has no `method`", id: id)
    }
    let params = value["params"] ?? .null
    guard let id else {
      self = .notification(method: method, params: params)
      return
    }
    guard id.string != nil || id.int != nil else { throw RPCError(.invalidRequest, "An `id` is a text or a number") }
    self = .request(id: id, method: method, params: params)
  }
}

/// Why a request has no result.
struct RPCError: Error {
  enum Code: Int {
    case parse = -32700
    case invalidRequest = -32600
    case unknownMethod = -32601
    case invalidParams = -32602
    case notInitialized = -32002
    case cancelled = -32800
  }

  let code: Code
  let message: String
  /// The request, where it is known but for its form.
  let id: JSONValue?

  init(_ code: Code, _ message: String, id: JSONValue? = nil) {
    self.code = code
    self.message = message
    self.id = id
  }
}
