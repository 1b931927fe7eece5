import ConnectorModel
import Essentials
import JSON
import Jinja
import Secrets

/// Says in DEBUG lines what is sent and what is answered; nothing is made if they are not needed.
package struct ExchangeLog {
  /// What the requests serve: a stream, or `token endpoint`.
  package let name: String
  package let runtime: RuntimeEnvironment

  package init(name: String, runtime: RuntimeEnvironment) {
    self.name = name
    self.runtime = runtime
  }

  /// The most characters of a body that are shown.
  private static let longest = 1_000

  package var isOn: Bool { runtime.log.isDebugging }

  /// - Parameter number: which attempt it is, from 1 on.
  func sending(_ request: HTTPRequest, attempt number: Int = 1) {
    guard isOn else { return }
    hideCredentials(of: request)
    let body = request.body.map { runtime.secrets.quotation.body.excerpt(of: $0, upTo: Self.longest) }
    var message = "sending \(request.method) \(request.url)"
    if number > 1 { message += ", attempt \(number)" }
    if let body { message += ", with the body \(BodyText.line(body))" }
    var data: JSONObject = [
      "method": .string(request.method), "url": .string(request.url), "headers": Self.object(request.headers),
      "request_body": body.map { .string($0) } ?? .null,
    ]
    if number > 1 { data["attempt"] = .int(number) }
    say(message, data)
  }

  /// - Parameter start: when the request was sent, in microseconds.
  package func received(_ response: HTTPResponse, to request: HTTPRequest, since start: Int64) {
    guard isOn else { return }
    let seconds = seconds(since: start)
    var message = "status \(response.status) after \(Self.text(seconds)) s"
    var data: JSONObject = [
      "status": .int(response.status), "url": .string(response.url), "headers": Self.object(response.headers),
      "seconds": .double(seconds),
    ]
    let body = BodyText(response)
    if body.kind == .elsewhere {
      message += ", with a body that is received in parts"
      if let beginning = response.beginning {
        let excerpt = BodyText.line(runtime.secrets.quotation.body.excerpt(of: beginning, upTo: Self.longest))
        message += ": \(excerpt)"
        data["body"] = .string(excerpt)
      }
    } else {
      message += ", \(body.size) bytes"
      data["size"] = .int(body.size)
      let quotation = runtime.secrets.quotation
      if response.isSuccess, !quotation.quotesGoodAnswers {
        message += ", which are not shown, because they answer a login"
      } else if let excerpt = body.excerpt(hiding: quotation.body, upTo: Self.longest) {
        message += ": \(excerpt)"
        data["body"] = .string(excerpt)
      }
    }
    say("\(message) (\(request.method) \(response.url))", data)
  }

  /// - Parameter next: the request that follows a redirect.
  func redirected(_ response: HTTPResponse, to next: HTTPRequest) {
    guard isOn else { return }
    hideCredentials(of: next)
    say(
      "status \(response.status) redirects to \(next.method) \(next.url)",
      ["status": .int(response.status), "url": .string(response.url), "headers": Self.object(response.headers)])
  }

  package func failed(_ error: TransportError, _ request: HTTPRequest, since start: Int64) {
    guard isOn else { return }
    let seconds = seconds(since: start)
    say(
      "no answer after \(Self.text(seconds)) s: \(error.message) (\(request.method) \(request.url))",
      ["url": .string(request.url), "seconds": .double(seconds)])
  }

  /// A response that another request got already.
  package func kept(_ response: HTTPResponse) {
    guard isOn else { return }
    say("taken from the response cache: \(response.url)", ["url": .string(response.url), "status": .int(response.status)])
  }

  /// What was decided about an attempt.
  package func decided(_ resolution: ErrorResolution, _ attempt: Attempt) {
    guard isOn, resolution.action != .success || resolution.origin != nil else { return }
    let what = attempt.response.map { "status \($0.status)" } ?? "a request without an answer"
    say(
      "\(what): \(resolution.action.rawValue), as \(resolution.origin ?? "the defaults") \(resolution.origin == nil ? "say" : "says")",
      ["action": .string(resolution.action.rawValue)])
  }

  /// - Parameter policy: who asks for a wait.
  package func waits(_ seconds: Double, _ policy: String) {
    guard isOn else { return }
    say("\(policy) asks to wait \(PythonStrings.wait(seconds))", ["seconds": .double(seconds)])
  }

  package func say(_ message: String, _ data: JSONObject) {
    runtime.log.debug(name.isEmpty ? message : "\(name): \(message)", data)
  }

  /// Also those in a body, which are not shown otherwise.
  private func hideCredentials(of request: HTTPRequest) {
    runtime.secrets.hide(credentialsOf: request)
    guard let body = request.body, body.count <= 1 << 20 else { return }
    if let value = try? JSONDocument(parsing: body).root.value {
      runtime.secrets.hide(credentialsNamedIn: value)
    } else {
      runtime.secrets.hide(credentialsOfURL: "?" + String(decoding: body, as: UTF8.self))
    }
  }

  private static func object(_ headers: some Sequence<(name: String, value: String)>) -> JSONValue {
    var object: JSONObject = [:]
    for (name, value) in headers { object[name] = .string(value) }
    return .object(object)
  }

  /// Since a moment in microseconds, to the millisecond.
  private func seconds(since start: Int64) -> Double { (Double(runtime.now() - start) / 1_000).rounded() / 1_000 }

  private static func text(_ seconds: Double) -> String { seconds.fixed(3) }
}
