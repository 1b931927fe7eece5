import ConnectorModel
import Essentials
import JSON

/// One exchange of a HAR file (HTTP Archive 1.2): a request, what was answered, and when.
package struct HAREntry: Sendable {
  /// A request as a HAR file has it.
  package struct Request: Sendable {
    package var method: String
    package var url: String
    package var headers: [HTTPHeaders.Header]
    /// Nil if the request has none, or the file does not hold it.
    package var body: HARBody?
    /// Whether it has a body that the file does not hold.
    package var isBodyMissing = false

    package init(method: String, url: String, headers: [HTTPHeaders.Header] = [], body: HARBody? = nil) {
      self.method = method
      self.url = url
      self.headers = headers
      self.body = body
    }
  }

  /// A response as a HAR file has it.
  package struct Response: Sendable {
    package var status: Int
    package var reason: String
    package var headers: [HTTPHeaders.Header]
    /// Nil if the file does not hold it.
    package var body: HARBody?
    /// How many bytes the body has, whether the file holds them or not.
    package var bodySize: Int

    package init(status: Int, reason: String = "", headers: [HTTPHeaders.Header] = [], body: HARBody? = nil, bodySize: Int = 0) {
      self.status = status
      self.reason = reason
      self.headers = headers
      self.body = body
      self.bodySize = bodySize
    }
  }

  package var request: Request
  package var response: Response
  /// When the request began, in microseconds since the epoch.
  package var started: Int64
  /// How long it took until the response was there, in microseconds.
  package var duration: Int64
  /// The fields whose names begin with `_`, which the format leaves to each program.
  package var notes: JSONObject
  /// What the file says of a body that it does not hold.
  package var bodyAbsence: String?

  package init(request: Request, response: Response, started: Int64, duration: Int64, notes: JSONObject = [:]) {
    self.request = request
    self.response = response
    self.started = started
    self.duration = duration
    self.notes = notes
  }

  /// When the response was there, in microseconds since the epoch.
  package var ended: Int64 { started.addingReportingOverflow(max(0, duration)).partialValue }
}

/// A body in a HAR file, with the encodings of the transfer undone.
package struct HARBody: Sendable {
  package var mimeType: String
  package var data: Data

  package init(mimeType: String = "", data: Data) {
    self.mimeType = mimeType
    self.data = data
  }
}
