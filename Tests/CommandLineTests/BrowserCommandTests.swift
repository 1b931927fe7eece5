import Testing

@testable import Commands

/// Which program opens a page, and with what.
@Suite struct BrowserCommandTests {
  private static let programs: Set = [
    "/usr/bin/xdg-open", "/usr/bin/firefox", "/opt/browser", "/usr/bin/wslview", "/usr/bin/open",
  ]

  private func words(_ environment: [String: String]) -> [String]? {
    BrowserCommand.find(environment.merging(["PATH": "/bin:/usr/bin"]) { $1 }, hasProgram: Self.programs.contains)?
      .words(opening: "https://x.example/?a=b")
  }

  @Test(
    arguments: [
      ("firefox", ["/usr/bin/firefox", "https://x.example/?a=b"]),
      ("firefox --new-window %s", ["/usr/bin/firefox", "--new-window", "https://x.example/?a=b"]),
      ("/opt/browser --app=%s", ["/opt/browser", "--app=https://x.example/?a=b"]),
      ("konqueror:/nowhere/lynx:firefox", ["/usr/bin/firefox", "https://x.example/?a=b"]),
      ("konqueror", nil), (":", nil),
    ] as [(String, [String]?)])
  func theNamedOneIsTaken(browser: String, command: [String]?) {
    #expect(words(["BROWSER": browser, "DISPLAY": ":0"]) == command)
  }

  #if !canImport(Darwin)
    @Test(
      arguments: [
        (["DISPLAY": ":0"], "/usr/bin/xdg-open"), (["WAYLAND_DISPLAY": "wayland-0", "BROWSER": ""], "/usr/bin/xdg-open"),
        (["WSL_DISTRO_NAME": "Debian"], "/usr/bin/wslview"), ([:], nil), (["DISPLAY": ""], nil),
      ] as [([String: String], String?)])
    func theDesktopsOneIsTaken(environment: [String: String], program: String?) {
      #expect(words(environment)?.first == program)
    }
  #endif
}
