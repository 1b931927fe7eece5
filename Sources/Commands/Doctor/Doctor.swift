import ConnectorModel
import Engine
import HTTP

/// Looks at what a connector needs of the machine, in an order from the program to its surroundings.
struct Doctor: Sendable {
  let environment: [String: String]
  /// Microseconds since the epoch.
  let now: @Sendable () -> Int64
  /// The address that is tried; nil for none.
  let url: String?

  func findings() async -> [MachineFinding] {
    let library = Result { () throws(CurlLibrary.Missing) in try CurlLibrary() }
    let (network, serverTime) = await NetworkCheck(url: url, environment: environment, now: now).findings()
    return [
      .works("program", "airbyte-lowcode \(RuntimeVersion.number), commit \(ProgramVersion().commit)"),
      transport(library),
      CertificateCheck.finding(environment: environment, library: library),
      proxy,
      network,
      ClockCheck.finding(now: now(), server: serverTime),
      PythonCheck.finding(environment: environment),
      FolderCheck.current(),
      FolderCheck.temporary(environment: environment),
      terminal,
    ]
  }

  private func transport(_ library: Result<CurlLibrary, CurlLibrary.Missing>) -> MachineFinding {
    let kind: TransportKind
    do { kind = try TransportKind(environment) } catch { return .fails("transport", error.message) }
    switch library {
    case .success(let library):
      let tls = library.tls.map { ", \($0)" } ?? ""
      let place = library.isLinked ? "part of the program" : "from the system"
      return .works("transport", "\(kind.rawValue); libcurl \(library.version)\(tls), \(place)")
    case .failure(let missing):
      let text = "libcurl cannot be loaded (\(missing.reason))"
      let remedy = "install libcurl 4, as in `apt-get install libcurl4`"
      // Foundation of another system does without it.
      return TransportKind.standard == .curl || kind == .curl
        ? .fails("transport", text, remedy: remedy) : .note("transport", "\(kind.rawValue); \(text)")
    }
  }

  private var proxy: MachineFinding {
    let proxies = ProxyList(environment: environment).texts
    return .works("proxy", proxies.isEmpty ? "none" : proxies.joined(separator: ", "))
  }

  private var terminal: MachineFinding {
    let terminal = Terminal(.auto, environment: environment)
    guard terminal.isThere else { return .note("terminal", "standard error is none, so no progress is shown") }
    return .works("terminal", "\(terminal.width) columns, \(terminal.hasColors ? "with" : "without") colours")
  }
}
