import Foundation

/// A page of the project's documentation.
struct Document {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL

  /// The pages that people read, by their paths in the repository.
  static let pages: [String] = {
    let folder = root.appending(path: "docs").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Benchmarks/README.md", "Tests/Conformance/README.md"]
      + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }()

  let path: String
  let text: String

  init(_ path: String) throws {
    self.path = path
    text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
  }

  /// The lines, and the language of the fenced block that each lies in; the fences themselves are left out.
  private var lines: [(text: Substring, fence: String?)] {
    var fence: String?
    var lines: [(Substring, String?)] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        fence = fence == nil ? String(line.dropFirst(3)) : nil
      } else {
        lines.append((line, fence))
      }
    }
    return lines
  }

  /// The text of each fenced block of a language.
  func blocks(of language: String) -> [String] {
    text.components(separatedBy: "\n```\(language)\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
      .map { $0 + "\n" }
  }

  /// What lies between a heading and the next one of its level or above.
  func section(_ heading: String) -> String? {
    var level: Int?
    var section: [Substring] = []
    for (line, fence) in lines {
      let hashes = fence == nil ? line.prefix { $0 == "#" }.count : 0
      if let level, hashes > 0, hashes <= level { break }
      if level != nil { section.append(line) }
      if hashes > 0, line.dropFirst(hashes) == " \(heading)" { level = hashes }
    }
    return level.map { _ in section.joined(separator: "\n") }
  }

  /// Where links lead.
  var links: [String] {
    lines.filter { $0.fence == nil }.flatMap { line in
      line.text.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
    }
  }

  /// The anchors of the headings, as GitHub makes them.
  var anchors: Set<String> {
    Set(
      lines.filter { $0.fence == nil && $0.text.hasPrefix("#") }.map { line in
        line.text.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
          .filter { $0.isLetter || $0.isNumber || " -_".contains($0) }.replacing(" ", with: "-")
      })
  }

  /// A text without what Markdown adds to its words.
  static func words(_ markdown: String) -> [Substring] {
    var isCode = false
    var words: [Substring] = []
    for line in markdown.split(separator: "\n") {
      if line.hasPrefix("```") {
        isCode.toggle()
        continue
      }
      if line.hasPrefix("<!--") { continue }
      let text = !isCode && line.hasPrefix("- ") ? line.dropFirst(2) : line
      words += text.replacing("`", with: "").split(separator: " ").map { Substring($0) }
    }
    return words
  }
}
