import ConnectorModel
import Essentials
import JSON
import PythonTime

/// What makes a part of a HAR file unreadable.
package struct HARShapeError: Error, CustomStringConvertible {
  package let description: String
}

extension HAREntry {
  /// Decodes an element of `entries`. What programs leave out is made up; what the format calls optional may be absent.
  /// - Throws: ``HARShapeError`` if there is no request in it.
  package init(_ json: JSONValue) throws(HARShapeError) {
    guard let request = json["request"]?.object, let method = request["method"]?.string, let url = request["url"]?.string else {
      throw HARShapeError(description: "it has no `request` with a `method` and a `url`")
    }
    self.request = Request(
      method: method.uppercased(), url: url, headers: Self.headers(request["headers"]), body: Self.posted(request["postData"]))
    self.request.isBodyMissing = self.request.body == nil && (request["bodySize"]?.int ?? 0) > 0
    response = Self.response(json["response"])
    let notes = json.object?.filter { $0.key.hasPrefix("_") } ?? [:]
    started = Self.moment(json["startedDateTime"]) ?? 0
    duration = Int64(exactly: ((json["time"]?.double ?? 0) * 1_000).rounded()) ?? 0
    self.notes = notes
    bodyAbsence = response.body == nil ? json["response"]?["content"]?["comment"]?.string : nil
  }

  private static func headers(_ json: JSONValue?) -> [HTTPHeaders.Header] {
    (json?.array ?? []).compactMap { header in
      guard let name = header["name"]?.string, let value = header["value"]?.string else { return nil }
      // Browsers list what HTTP/2 has instead of a request line among the headers.
      return name.hasPrefix(":") ? nil : (name, value)
    }
  }

  private static func posted(_ json: JSONValue?) -> HARBody? {
    guard let json, json.object != nil else { return nil }
    let mimeType = json["mimeType"]?.string ?? ""
    if let text = json["text"]?.string, !text.isEmpty || json["params"]?.array?.isEmpty != false {
      // The format has no encoding here; programs that need one borrow that of the response's content.
      let encoding = json["encoding"]?.string ?? json["_encoding"]?.string
      return HARBody(mimeType: mimeType, data: data(text, encoding: encoding))
    }
    guard let fields = json["params"]?.array else { return nil }
    let form = fields.compactMap { field -> String? in
      guard let name = field["name"]?.string else { return nil }
      return PercentEncoding.quotePlus(name) + "=" + PercentEncoding.quotePlus(field["value"]?.string ?? "")
    }
    return HARBody(mimeType: mimeType, data: Data(form.joined(separator: "&").utf8))
  }

  private static func response(_ json: JSONValue?) -> Response {
    let content = json?["content"]
    var body: HARBody?
    if let text = content?["text"]?.string {
      body = HARBody(mimeType: content?["mimeType"]?.string ?? "", data: data(text, encoding: content?["encoding"]?.string))
    }
    return Response(
      status: json?["status"]?.int ?? 0, reason: json?["statusText"]?.string ?? "", headers: headers(json?["headers"]),
      body: body, bodySize: max(0, content?["size"]?.int ?? body?.data.count ?? 0))
  }

  private static func data(_ text: String, encoding: String?) -> Data {
    guard encoding?.lowercased() == "base64" else { return Data(text.utf8) }
    return Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data(text.utf8)
  }

  private static func moment(_ json: JSONValue?) -> Int64? {
    guard let text = json?.string, let time = try? PyDateTime.isoParse(text) else { return nil }
    return Int64(exactly: time.inUTC.epochMicroseconds)
  }
}
