import ConnectorModel
import Engine
import HTTP

/// Whether an address answers. Nothing is requested unless somebody asks for it.
struct NetworkCheck: Sendable {
  let url: String?
  let environment: [String: String]
  /// Microseconds since the epoch.
  let now: @Sendable () -> Int64

  private static let subject = "network"

  /// What came of it, and the server's time in seconds since the epoch, if it says that.
  func findings() async -> (MachineFinding, serverTime: Int64?) {
    guard let url else { return (.note(Self.subject, "not tried", remedy: "`--url` asks an address"), nil) }
    let place = RequestURL(url).publicText
    let begin = now()
    do throws(TransportError) {
      let response = try await NetworkTransport(environment: environment).exchange(HTTPRequest(method: "GET", url: url))
      let milliseconds = (now() - begin) / 1_000
      let time = response.headers["Date"].flatMap { HTTPDate.parse($0, now: begin) }
      return (.works(Self.subject, "\(place) answered \(response.status) after \(milliseconds) ms"), time.map { $0 / 1_000_000 })
    } catch {
      return (.fails(Self.subject, error.message), nil)
    }
  }
}
