import Foundation
import Testing
import Validation

@Suite final class ManifestFinderTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "manifest-finder-\(UUID().uuidString)")

  init() throws {
    for path in [
      "one/manifest.yaml", "two/manifest.yml", "two/deep/source.yaml", "two/deep/other.yaml", "two/.hidden/manifest.yaml",
      "notes.txt",
    ] {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      let text = path.hasSuffix("source.yaml") ? "version: 1\ncheck: {}\nstreams: []\n" : "a: 1\n"
      try Data(text.utf8).write(to: file)
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test(
    arguments: [
      ("", ["one/manifest.yaml", "two/deep/source.yaml", "two/manifest.yml"]),
      ("/two", ["two/deep/source.yaml", "two/manifest.yml"]),
      ("/notes.txt", ["notes.txt"]),
      ("/*/manifest.y*ml", ["one/manifest.yaml", "two/manifest.yml"]),
      ("/**/*.yaml", ["one/manifest.yaml", "two/deep/other.yaml", "two/deep/source.yaml"]),
      ("/t?o", ["two/deep/source.yaml", "two/manifest.yml"]),
      ("/[o]ne", ["one/manifest.yaml"]),
    ] as [(String, [String])])
  func finds(path: String, expected: [String]) throws {
    guard case .found(let files) = ManifestFinder.find(folder.path + path) else {
      Issue.record("nothing was found")
      return
    }
    #expect(files.map { String($0.dropFirst(folder.path.count + 1)) }.sorted() == expected)
  }

  @Test(arguments: [
    ("/three", "there is no file or folder"), ("/*.json", "nothing fits"), ("/two/.hidden/x", "there is no file"),
  ])
  func saysWhyThereIsNothing(path: String, sentence: String) {
    guard case .nothing(let reason) = ManifestFinder.find(folder.path + path) else {
      Issue.record("something was found")
      return
    }
    #expect(reason.hasPrefix(sentence))
  }

  @Test func standardInputStaysAsItIs() { #expect(ManifestFinder.find("-") == .found(["-"])) }
}
