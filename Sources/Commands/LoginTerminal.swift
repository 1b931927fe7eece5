import Concurrency
import Essentials
import PythonComponents
import Secrets
import SignIn

/// What a sign-in says and asks on the terminal, and the browser that it opens.
struct LoginTerminal: Sendable {
  private let terminal: Terminal
  private let environment: [String: String]
  private let opensBrowser: Bool
  /// Whether standard input is the config.
  private let readsConfig: Bool

  init(color: ColorChoice, opensBrowser: Bool, readsConfig: Bool) {
    environment = ProcessInfo.processInfo.environment
    terminal = Terminal(color, environment: environment)
    self.opensBrowser = opensBrowser
    self.readsConfig = readsConfig
  }

  /// Says how the sign-in ended.
  func conclude(_ text: String) {
    StandardOutput.show(terminal.styled("Signed in", .good) + TerminalText.line(text) + "\n")
  }

  /// What asks for a value; nil where nobody sits before a terminal.
  var ask: InputCollection.Asking? {
    HiddenInput.isTerminal && terminal.isThere && !readsConfig ? Self.answer : nil
  }

  @Sendable private static func answer(_ what: String, isSecret: Bool) async -> String? {
    let line = await HiddenInput.line(
      isSecret ? .hidden : .shown, prompt: what + (isSecret ? " (it stays hidden): " : ": "))
    return line?.trimmed(.whitespacesAndNewlines)
  }

  /// - Parameter address: where the provider sends the browser.
  func host(_ address: RedirectAddress) -> SignInHost {
    var canPaste = HiddenInput.isTerminal && terminal.isThere
    // Where nothing listens, a program may pass the answer on as well.
    if case .elsewhere = address { canPaste = true }
    var paste: SignInHost.Pasting?
    if canPaste, !readsConfig { paste = { prompt in await HiddenInput.line(.hidden, prompt: TerminalText.lines(prompt) + "\n") } }
    let show: @Sendable (String) -> Void = { text in StandardOutput.tell(lines: text) }
    return SignInHost(say: show, open: { address in await launch(address) }, paste: paste)
  }

  private func launch(_ address: String) async -> Bool {
    guard opensBrowser, let command = BrowserCommand.find(environment)?.words(opening: address) else { return false }
    let environment = environment
    return await BlockingExecutor.shared.run {
      // In the background, and without the terminal: some browsers stay, and some talk.
      let line = #""$@" </dev/null >/dev/null 2>&1 &"#
      let end = try? ChildProcess.run("/bin/sh", ["-c", line, "sh"] + command, environment: environment)
      return end?.code == 0
    }
  }
}

/// The program that opens an address in a browser.
struct BrowserCommand: Equatable {
  private let command: [String]

  init(_ command: [String]) { self.command = command }

  /// What `BROWSER` names, as other programs read it: commands with colons between them, in which `%s` stands for the address; else
  /// what the system has. Without a desktop there is none: a browser in the terminal would take that over.
  static func find(
    _ environment: [String: String], hasProgram: (String) -> Bool = { FileManager.default.isExecutableFile(atPath: $0) }
  ) -> BrowserCommand? {
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    func path(of name: String) -> String? {
      if name.contains("/") { return hasProgram(name) ? name : nil }
      return folders.map { "\($0)/\(name)" }.first(where: hasProgram)
    }
    if let named = environment["BROWSER"], !named.isEmpty {
      for command in named.split(separator: ":") {
        let words = command.split(separator: " ").map { String($0) }
        if let first = words.first, let program = path(of: first) { return BrowserCommand([program] + words.dropFirst()) }
      }
      return nil
    }
    #if canImport(Darwin)
      return path(of: "open").map { BrowserCommand([$0]) }
    #else
      if environment["WSL_DISTRO_NAME"] != nil, let program = path(of: "wslview") { return BrowserCommand([program]) }
      guard ["DISPLAY", "WAYLAND_DISPLAY"].contains(where: { environment[$0]?.isEmpty == false }) else { return nil }
      return path(of: "xdg-open").map { BrowserCommand([$0]) }
    #endif
  }

  /// The command line that opens an address.
  func words(opening address: String) -> [String] {
    guard command.contains(where: { $0.contains("%s") }) else { return command + [address] }
    return command.map { $0.replacing("%s", with: address) }
  }
}
