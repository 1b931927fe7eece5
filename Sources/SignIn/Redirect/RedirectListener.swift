import ConnectorModel
import HTTP
import Synchronization
import Traffic

/// Waits on the loopback interface for the one redirect that ends a consent (RFC 8252 §7.3), and shows the browser how it ended.
final class RedirectListener: Sendable {
  /// The fields of a redirect's query.
  typealias Fields = [(name: String, value: String)]

  private let server: MockServer
  private let desk: RedirectDesk
  private let sleep: @Sendable (Double) async throws -> Void
  /// Where the browser is to be sent.
  let address: String

  /// - Parameters:
  ///   - address: the address that is registered with the provider; nil for the usual one on the port.
  ///   - names: the fields by which a request is known as an answer to a consent.
  /// - Throws: ``ConnectorError`` if the port is taken.
  init(
    port: UInt16, address: String?, names: Set<String>, sleep: @escaping @Sendable (Double) async throws -> Void
  ) throws {
    let path = address.map { String(RequestURL($0).path) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
    let desk = RedirectDesk(path: PercentEncoding.decoded(path) ?? path, names: names)
    server = try MockServer(port: port, sleep: sleep, log: { desk.answered($0) }, api: { _ in desk })
    self.desk = desk
    self.sleep = sleep
    self.address =
      address?.replacing(":0/", with: ":\(server.port)/", maxReplacements: 1) ?? RedirectAddress.usual(port: server.port)
  }

  /// Serves until the task is cancelled.
  func run() async throws { try await server.run() }

  /// The first redirect; nil once ``finish(_:title:text:)`` was called without one.
  func redirect() async -> Fields? { await desk.redirect() }

  /// Shows in the browser how the sign-in ended; returns once the page was sent, or there is no browser to send it to.
  func finish(_ mood: RedirectPage.Mood, title: String, text: String) async {
    desk.show(RedirectPage.html(mood, title: title, text: text))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [desk] in await desk.sent() }
      // A browser that was closed in the meantime takes no page.
      group.addTask { [sleep] in try? await sleep(Self.patience) }
      await group.next()
      group.cancelAll()
    }
  }

  /// Seconds that a browser has to take the last page.
  private static let patience = 3.0
}

/// Answers the browser: the first redirect when the sign-in has ended, and everything else at once.
private final class RedirectDesk: MockAPI {
  private struct State {
    var fields: RedirectListener.Fields?
    var isTaken = false
    var page: [UInt8]?
    var isSent = false
    /// Whether nobody waits for the redirect any more.
    var hasStopped = false
    /// Whether nobody waits for the last page to be sent any more.
    var hasLeft = false
    var waitingForRedirect: CheckedContinuation<RedirectListener.Fields?, Never>?
    var waitingForPage: CheckedContinuation<[UInt8], Never>?
    var waitingForSending: CheckedContinuation<Void, Never>?
  }

  private let path: String
  private let names: Set<String>
  private let state = Mutex(State())

  init(path: String, names: Set<String>) { (self.path, self.names) = (path, names) }

  func answer(_ request: MockRequest) async -> MockAnswer? {
    guard request.path == path else {
      return page(404, .calm, "There is nothing here", "The page that you are looking for is another one.")
    }
    guard request.method == "GET" else {
      return page(405, .calm, "This is not an answer", "Only the redirect at the end of a consent is taken here.")
    }
    guard request.query.contains(where: { names.contains($0.name) }) else {
      return page(400, .calm, "Waiting for the consent", "This address is where the provider sends you after you agreed.")
    }
    let isFirst = state.withLock { state in
      guard !state.isTaken, state.page == nil else { return false }
      state.isTaken = true
      if let waiting = state.waitingForRedirect {
        state.waitingForRedirect = nil
        waiting.resume(returning: request.query)
      } else {
        state.fields = request.query
      }
      return true
    }
    guard isFirst else {
      return page(
        409, .calm, "This sign-in has an answer already", "A second one is not needed. Close this page and go on in the terminal."
      )
    }
    let bytes = await withCheckedContinuation { continuation in
      let ready = state.withLock { state -> [UInt8]? in
        if state.page == nil { state.waitingForPage = continuation }
        return state.page
      }
      if let ready { continuation.resume(returning: ready) }
    }
    var answer = MockAnswer(status: 200, headers: RedirectPage.headers + [(Self.mark, "1")], body: bytes)
    answer.closesConnection = true
    return answer
  }

  /// Tells the page that ends the sign-in from the others.
  private static let mark = "X-Sign-In"

  private func page(_ status: Int, _ mood: RedirectPage.Mood, _ title: String, _ text: String) -> MockAnswer {
    var answer = MockAnswer(
      status: status, headers: RedirectPage.headers, body: RedirectPage.html(mood, title: title, text: text))
    answer.closesConnection = true
    return answer
  }

  func redirect() async -> RedirectListener.Fields? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let known = state.withLock { state -> RedirectListener.Fields?? in
          if state.page != nil || state.hasStopped { return .some(nil) }
          if let fields = state.fields { return .some(fields) }
          state.waitingForRedirect = continuation
          return nil
        }
        if let known { continuation.resume(returning: known) }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        defer { state.waitingForRedirect = nil }
        state.hasStopped = true
        return state.waitingForRedirect
      }
      waiting?.resume(returning: nil)
    }
  }

  /// Decides what the browser is shown.
  func show(_ page: [UInt8]) {
    let reader = state.withLock { state in
      state.page = page
      defer { state.waitingForPage = nil }
      return state.waitingForPage
    }
    reader?.resume(returning: page)
  }

  /// Returns once the browser has the page, if it waits for one.
  func sent() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let isOver = state.withLock { state in
          let isOver = !state.isTaken || state.isSent || state.hasLeft
          if !isOver { state.waitingForSending = continuation }
          return isOver
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        defer { state.waitingForSending = nil }
        state.hasLeft = true
        return state.waitingForSending
      }
      waiting?.resume()
    }
  }

  /// Is told of each answer once it was sent.
  func answered(_ access: MockServer.Access) {
    guard access.answer.headers.contains(where: { $0.name == Self.mark }) else { return }
    let waiting = state.withLock { state in
      state.isSent = true
      defer { state.waitingForSending = nil }
      return state.waitingForSending
    }
    waiting?.resume()
  }
}
