import Foundation
import Manifest
import Testing

@testable import PythonComponents

/// What is known of Python code without a Python.
@Suite struct PythonModulesTests {
  @Test(arguments: [
    ("class Login:\n  pass\nclass Other(Login): pass", ["Login", "Other"], true),
    ("from .base import Login", [], true), ("from x import (\n    First,\n    Second as Login,\n)", [], true),
    ("import auth.Login", [], true), ("from x import Base as Login, Other", [], true), ("Login = make()", [], true),
    ("Login: type = make()", [], true), ("from .all import *", [], true), ("if True:\n    class Login: pass", [], true),
    ("def Login(): return 1", [], true), ("from x import Login as Other", [], false), ("class Logon: pass", ["Logon"], false),
    ("\"\"\"\nclass Login:\n\"\"\"\nclass Real: pass", ["Real"], false), ("x == Login", [], false), ("", [], false),
  ])
  func aTextHasNames(text: String, classes: [String], hasLogin: Bool) {
    let look = PythonText(Array(text.utf8))
    #expect(look.classes == classes)
    #expect(look.has("Login") == hasLogin)
  }

  @Test func importsAreKnownByTheirFirstPart() {
    let text = PythonText(
      Array("import os, a.b as c\nfrom d.e import f\nfrom . import g\nfrom .h import i\ndef x():\n    import j\n".utf8))
    #expect(text.imported == ["os", "a", "d", "j"])
  }

  @Test func aClassIsLookedForWhereTheReferenceLooks() throws {
    let folder = try CodeFolder([
      "components.py": "class Login: pass", "source_x/__init__.py": "from .auth import Token",
      "source_x/auth.py": "class Token: pass",
    ])
    let modules = try #require(PythonModules(beside: .folder(folder.path)))
    #expect(modules.look(for: "source_declarative_manifest.components.Login") == .found(file: "components.py"))
    #expect(modules.look(for: "components.Login") == .found(file: "components.py"))
    #expect(modules.look(for: "components.Logon") == .noClass(file: "components.py", others: ["Login"]))
    #expect(modules.look(for: "source_x.auth.Token") == .found(file: "source_x/auth.py"))
    #expect(modules.look(for: "source_x.Token") == .found(file: "source_x/__init__.py"))
    #expect(modules.look(for: "source_x.other.Token") == .noModule(name: "source_x.other"))
    #expect(modules.look(for: "airbyte_cdk.sources.X") == .library)
    #expect(PythonModules(beside: .ofStandardInput) == nil)
  }

  @Test func aManifestInAPackageIsImportedFromAbove() throws {
    let folder = try CodeFolder(["source_x/__init__.py": "", "source_x/auth.py": "class Token: pass"])
    let modules = try #require(PythonModules(beside: .folder("\(folder.path)/source_x")))
    #expect(modules.look(for: "source_x.auth.Token") == .found(file: "source_x/auth.py"))
  }

  @Test func whatIsShippedIsWhatIsNeeded() throws {
    let folder = try CodeFolder([
      "components.py": "import helpers\nimport requests\nclass Login: pass", "helpers.py": "import deeper.words",
      "deeper/words.py": "",
      "deeper/data.json": "{}", "deeper/__pycache__/words.pyc": "", "deeper/.hidden/x.py": "", "deeper/secrets/config.json": "{}",
      "unused.py": "", "other/x.py": "",
    ])
    let code = try ComponentFiles(
      of: .folder(folder.path),
      manifest(["source_declarative_manifest.components.Login", "airbyte_cdk.sources.Known", "source_y.auth.Gone"]))
    #expect(Set(code.files.keys) == ["components.py", "helpers.py", "deeper/words.py", "deeper/data.json"])
    #expect(code.missing.map(\.string) == ["source_y.auth.Gone"])
    #expect(code.isNeeded)
    #expect(try !ComponentFiles(of: .folder(folder.path), manifest([])).isNeeded)
  }

  @Test func aLinkThatLeadsOutIsRefused() throws {
    let folder = try CodeFolder(["source_x/auth.py": "class Token: pass"])
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/source_x/out.txt", withDestinationPath: "/etc/hostname")
    #expect(throws: (any Error).self) { try ComponentFiles(of: .folder(folder.path), manifest(["source_x.auth.Token"])) }
  }

  /// What a package brings along is text and files, and is trusted.
  @Test func whatIsPackagedIsTrusted() throws {
    let files: [String: [UInt8]] = [
      "components.py": Array("x".utf8), "source_x/auth.py": [], "source_x/data.json": [], "schemas/a.json": [],
    ]
    let place = ComponentCode.ManifestPlace(.packaged(files), isBundled: true)
    let code = try ComponentCode.find(named: nil, config: [:], manifest: place)
    #expect(code.isTrusted)
    #expect(code.places == [.text("x", name: "components.py"), .files(["source_x/auth.py": [], "source_x/data.json": []])])
    #expect(try !ComponentCode.find(named: nil, config: ["__injected_declarative_manifest": [:]], manifest: place).isTrusted)
  }

  @Test func aTemporaryFolderGoesWithItsLastReference() throws {
    let outer = try CodeFolder([:])
    var made: TemporaryFolder? = try TemporaryFolder(
      ["source_x/auth.py": Array("x = 1".utf8)], environment: ["TMPDIR": outer.path])
    let folder = try #require(made?.path)
    #expect(folder.hasPrefix("\(outer.path)/airbyte-lowcode-"))
    #expect(try String(contentsOfFile: "\(folder)/source_x/auth.py", encoding: .utf8) == "x = 1")
    made = nil
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  private func manifest(_ classNames: [String]) -> ManifestNode {
    ManifestNode(
      .mapping([
        "streams": ManifestNode(
          .sequence(
            classNames.map { name in
              ManifestNode(.mapping(["type": ManifestNode(.string("CustomDecoder")), "class_name": ManifestNode(.string(name))]))
            }))
      ]))
  }
}

/// A temporary folder with files.
private final class CodeFolder {
  let path: String

  init(_ files: [String: String]) throws {
    path = FileManager.default.temporaryDirectory.appending(path: "python-components-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files {
      let url = URL(fileURLWithPath: "\(path)/\(name)")
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
