/// The page that a browser shows after the consent. It has no script, loads nothing and keeps nothing.
enum RedirectPage {
  enum Mood: String { case good, bad, calm }

  /// - Parameters:
  ///   - title: what happened.
  ///   - text: what to do now.
  static func html(_ mood: Mood, title: String, text: String) -> [UInt8] {
    let sign =
      switch mood {
      case .good: "<path d='M14 25l7 7 14-16'/>"
      case .bad: "<path d='M16 16l16 16M32 16L16 32'/>"
      case .calm: "<path d='M24 14v13M24 33v.5'/>"
      }
    let page = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(escaped(title)) · airbyte-lowcode</title>
      <link rel="icon" href="data:,">
      <style>
      :root { --ground: #f4f5f7; --card: #fff; --ink: #1d2330; --quiet: #5a6272; --edge: #e2e5ea; --good: #16794c; --bad: #b3261e; --calm: #4a5568 }
      @media (prefers-color-scheme: dark) {
        :root { --ground: #14171d; --card: #1d2129; --ink: #eceff4; --quiet: #a3acba; --edge: #2d333e; --good: #5ac994; --bad: #ff8a80; --calm: #a3b1c6 }
      }
      * { box-sizing: border-box }
      body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
        font: 17px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif }
      main { width: min(30rem, calc(100vw - 2rem)); padding: 2.5rem 2rem; text-align: center; background: var(--card);
        border: 1px solid var(--edge); border-radius: 14px; overflow-wrap: anywhere }
      svg { width: 56px; height: 56px; fill: none; stroke: var(--\(mood.rawValue)); stroke-width: 3.5; stroke-linecap: round; stroke-linejoin: round }
      h1 { margin: 1rem 0 .5rem; font-size: 1.45rem; line-height: 1.25; font-weight: 650 }
      p { margin: 0; color: var(--quiet) }
      footer { margin-top: 1.75rem; font-size: .85rem; color: var(--quiet) }
      </style>
      </head>
      <body>
      <main>
      <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21"/>\(sign)</svg>
      <h1>\(escaped(title))</h1>
      <p>\(escaped(text))</p>
      <footer>airbyte-lowcode login</footer>
      </main>
      </body>
      </html>

      """
    return Array(page.utf8)
  }

  /// What keeps the code that is in the page's address from going anywhere.
  static let headers: [(name: String, value: String)] = [
    ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
  ]

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }
}
