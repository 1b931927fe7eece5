import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Manifest
import Secrets

/// What a sign-in needs of the place where it happens.
package struct SignInHost: Sendable {
  /// Tells the user something, in lines.
  package var say: @Sendable (_ text: String) -> Void
  /// Opens an address in a browser; returns whether one was found.
  package var open: @Sendable (_ address: String) async -> Bool
  /// Gives a line that the user pastes; nil at the end of the input.
  package typealias Pasting = @Sendable (_ prompt: String) async -> String?
  /// Nil where nobody can paste.
  package var paste: Pasting?
  /// Makes so many random bytes.
  package var random: @Sendable (_ count: Int) -> [UInt8]

  package init(
    say: @escaping @Sendable (_ text: String) -> Void, open: @escaping @Sendable (_ address: String) async -> Bool,
    paste: Pasting?, random: @escaping @Sendable (_ count: Int) -> [UInt8] = Self.systemRandom
  ) {
    (self.say, self.open, self.paste, self.random) = (say, open, paste, random)
  }

  /// Bytes of the system's generator, which nobody can predict.
  package static let systemRandom: @Sendable (_ count: Int) -> [UInt8] = { count in
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}

/// One sign-in: a user consents in a browser or on another device, and tokens come of it.
package struct SignInRun: Sendable {
  let declaration: ConsentDeclaration
  package let inputs: ConsentInputs
  package let runtime: RuntimeEnvironment
  let host: SignInHost
  /// Seconds that the user has.
  let timeout: Double

  package init(
    _ declaration: ConsentDeclaration, _ inputs: ConsentInputs, runtime: RuntimeEnvironment, host: SignInHost, timeout: Double
  ) {
    (self.declaration, self.inputs, self.runtime, self.host, self.timeout) = (declaration, inputs, runtime, host, timeout)
  }

  /// What can end the wait for a user.
  private enum Event: Sendable {
    case redirect(RedirectListener.Fields?)
    case pasted(String?)
    case timeIsUp
  }

  /// Has the user consent in a browser, and redeems the code.
  /// - Parameter usesProof: whether a proof key is sent where the manifest has none of its own.
  /// - Returns: the answer of the token endpoint.
  /// - Throws: ``ConnectorError`` that says why there are no tokens.
  package func consent(returningTo address: RedirectAddress, usesProof: Bool) async throws -> JSONObject {
    switch address {
    case .elsewhere(let address):
      let ticket = ticket(address, usesProof)
      try await invite(ticket, listens: false)
      guard host.paste != nil else {
        throw ConnectorError(
          .config, "The answer to the consent has to be pasted, and standard input gives none",
          remedy: "run `login` in a terminal, or write the address that the browser shows into its standard input")
      }
      return try await redeem(try await answer(ticket, nil), ticket)
    case .loopback(let port, let address):
      let names: Set = [declaration.key("auth_code_key"), declaration.key("state_key"), "error"]
      let listener = try RedirectListener(port: port, address: address, names: names, sleep: runtime.sleep)
      return try await withThrowingTaskGroup(of: JSONObject?.self) { group in
        group.addTask {
          try await listener.run()
          return nil
        }
        group.addTask { try await consent(listener, usesProof) }
        defer { group.cancelAll() }
        while let answer = try await group.next() { if let answer { return answer } }
        throw CancellationError()
      }
    }
  }

  private func consent(_ listener: RedirectListener, _ usesProof: Bool) async throws -> JSONObject {
    let ticket = ticket(listener.address, usesProof)
    do {
      try await invite(ticket, listens: true)
      let answer = try await redeem(try await answer(ticket, listener), ticket)
      // The page should not say that all is well if it is not.
      _ = try declaration.placed(answer, now: runtime.now())
      await listener.finish(.good, title: "You are signed in", text: "Close this page and go on in the terminal.")
      return answer
    } catch {
      let wrapped = (error as? TokenExchange.Refusal)?.error ?? ConnectorError(wrapping: error)
      await listener.finish(.bad, title: "That did not work", text: runtime.secrets.masked(wrapped.sentence) + ".")
      throw error
    }
  }

  private func ticket(_ address: String, _ usesProof: Bool) -> ConsentTicket {
    let ticket = declaration.ticket(redirectURI: address, usesProof: usesProof, random: host.random)
    if let proof = ticket.proof { runtime.secrets.hide(proof.verifier) }
    return ticket
  }

  /// Shows the user the way to the provider's page.
  private func invite(_ ticket: ConsentTicket, listens: Bool) async throws {
    let address = try declaration.consentAddress(inputs, ticket)
    if let secret = inputs.clientSecret, address.contains(secret) || address.contains(ConsentFilters.encoded(secret)) {
      let message = "`consent_url` has the client's secret in it, which a browser would show and keep in its history"
      throw declaration.consentURL?.node.map { ConnectorError(.config, message, at: $0) } ?? ConnectorError(.config, message)
    }
    if await host.open(address) {
      host.say("The provider's page is open in your browser. If it is not, open this address:\n\n  \(address)\n")
    } else {
      host.say("Open this address in a browser, and agree there:\n\n  \(address)\n")
    }
    if host.paste == nil, listens { host.say("Waiting for your consent.") }
  }

  /// What the user is told who may paste something.
  private func prompt(_ ticket: ConsentTicket, listens: Bool) -> String {
    listens
      ? "Waiting for your consent. If your browser is on another machine, paste the address that it shows at the end (it stays hidden):"
      : "The provider then sends your browser to \(ticket.redirectURI). Paste the whole address that it shows (it stays hidden):"
  }

  /// The first answer that comes, from the browser or from the user.
  private func answer(_ ticket: ConsentTicket, _ listener: RedirectListener?) async throws -> String {
    let event = try await withThrowingTaskGroup(of: Event.self) { group in
      if let listener { group.addTask { .redirect(await listener.redirect()) } }
      if let paste = host.paste {
        let prompt = prompt(ticket, listens: listener != nil)
        group.addTask { .pasted(await paste(prompt)) }
      }
      group.addTask { [runtime, timeout] in
        try await runtime.sleep(timeout)
        return .timeIsUp
      }
      defer { group.cancelAll() }
      while let event = try await group.next() {
        // Who waits for a browser does not need an input.
        if case .pasted(let text) = event, listener != nil, text?.allSatisfy(\.isWhitespace) ?? true { continue }
        return event
      }
      return .timeIsUp
    }
    let (codeKey, stateKey) = (declaration.key("auth_code_key"), declaration.key("state_key"))
    let answer: ConsentAnswer
    switch event {
    case .redirect(let fields):
      answer = try ConsentAnswer.read(fields ?? [], codeKey: codeKey, stateKey: stateKey, state: ticket.state)
    case .pasted(let text):
      answer = try ConsentAnswer.read(pasted: text ?? "", codeKey: codeKey, stateKey: stateKey, state: ticket.state)
    case .timeIsUp: throw SignInRun.tooLate(timeout)
    }
    if let failure = answer.failure(hiding: runtime.secrets) { throw failure }
    guard case .code(let code) = answer else { throw SignInRun.tooLate(timeout) }
    runtime.secrets.hide(code)
    return code
  }

  static func tooLate(_ seconds: Double) -> ConnectorError {
    let minutes = seconds / 60
    let (count, unit) = seconds < 120 || minutes != minutes.rounded() ? (seconds.rounded(), "second") : (minutes, "minute")
    let time = "\(Int(count)) \(unit)\(count == 1 ? "" : "s")"
    return ConnectorError(
      .transient, "Nobody consented within \(time)", remedy: "run `login` again; `--timeout` gives more time")
  }

  private func redeem(_ code: String, _ ticket: ConsentTicket) async throws -> JSONObject {
    let request = try declaration.tokenRequest(inputs, ticket, code: code)
    do {
      return hidden(try await TokenExchange(runtime: runtime, patience: timeout).send(request))
    } catch let refusal as TokenExchange.Refusal {
      throw refusal.error
    }
  }

  /// An answer whose tokens are secrets from here on.
  func hidden(_ answer: JSONObject) -> JSONObject {
    runtime.secrets.hide(tokensOf: answer)
    return answer
  }
}
