import Foundation
import JSON
import Testing

/// The Python that tests run components with.
enum TestPython {
  /// What `make python-components` makes, or what the variable names; nil if there is none.
  static let path: String? = {
    let named = ProcessInfo.processInfo.environment["AIRBYTE_LOWCODE_PYTHON"]
    let made = Document.root.appending(path: ".build/python/bin/python").path
    return ([named].compactMap { $0 } + [made]).first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  static let remark: Comment = "There is no Python with airbyte-cdk: run `make python-components`, or set AIRBYTE_LOWCODE_PYTHON."

  static var environment: [String: String] { ["AIRBYTE_ENABLE_UNSAFE_CODE": "true", "AIRBYTE_LOWCODE_PYTHON": path ?? ""] }
}

/// Components that are written in Python, and how a user sees what goes wrong in them.
@Suite(.enabled(if: TestPython.path != nil, TestPython.remark)) struct PythonComponentTests {
  private static let head = """
    import os, sys
    from dataclasses import dataclass
    from airbyte_cdk.sources.declarative.transformations import RecordTransformation

    @dataclass
    class Stamp(RecordTransformation):
        label: str

        def transform(self, record, config=None, stream_state=None, stream_slice=None) -> None:

    """

  /// A manifest with the stream `ok`, and the stream `special` of the same records that `Stamp` changes.
  private static func manifest(_ component: String = "{type: CustomTransformation, class_name: MODULE.Stamp, label: x}") -> String
  {
    Manifests.streams(
      ["ok"],
      more: """
          - $ref: "#/definitions/stream"
            name: special
            $parameters: {name: ok}
            transformations: [\(component.replacing("MODULE", with: "source_declarative_manifest.components"))]

        """)
  }

  /// - Parameter body: of the method `transform`.
  private static func connection(_ body: String, _ manifest: String = manifest()) throws -> Connection {
    let connection = try Connection(to: UnrulyAPI(UnrulyAPI.usual), manifest: manifest)
    let lines = body.split(separator: "\n").map { "        \($0)\n" }.joined()
    try connection.folder.write("components.py", head + lines)
    return connection
  }

  private static func read(_ body: String) async throws -> Tool.Outcome {
    try await connection(body).read(["special", "ok"], environment: TestPython.environment)
  }

  @Test func aTransformationChangesItsRecords() async throws {
    let run = try await Self.read(#"record["label"] = f"{self.label}{record['id']}""#)
    let labels = try run.messages("RECORD", "record").filter { $0["stream"]?.string == "special" }.map {
      $0["data"]?["label"]?.string
    }
    #expect(labels == ["x1", "x2", "x3"])
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(run.status == 0, "\(run.stdout)")
  }

  struct Failure: Sendable, CustomTestStringConvertible {
    let body: String
    /// The beginning of the message.
    let message: String
    /// How many records of the stream come before.
    var records = 0
    var testDescription: String { body }
  }

  @Test(arguments: [
    Failure(
      body: "if record['id'] == 2: raise KeyError('shelf')\nrecord['seen'] = True",
      message: "`Stamp` failed: KeyError: 'shelf' (components.py:10 in Stamp.transform)", records: 1),
    Failure(body: "sys.exit(4)", message: "`Stamp` failed: SystemExit: 4 (components.py:10 in Stamp.transform)"),
    Failure(
      body: "record['seen'] = object()", message: "`Stamp` cannot be used here: the value of `seen` is no JSON value: object"),
    Failure(
      body: """
        import resource
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20), resource.RLIM_INFINITY))
        hoard = []
        while True: hoard.append(bytes(1 << 20))
        """, message: "`Stamp` failed: MemoryError"),
    Failure(body: "os.closerange(3, 4096)", message: "The Python process of the components ended with status 0"),
    Failure(body: "os._exit(5)", message: "The Python process of the components ended with status 5 while `Stamp.transform` ran"),
    Failure(
      body: "os.kill(os.getpid(), 9)",
      message: "The Python process of the components ended by signal 9 while `Stamp.transform` ran"),
  ])
  func aFailureEndsItsStreamAlone(failure: Failure) async throws {
    let run = try await Self.read(failure.body)
    let error = try #require(try run.errors().first)
    let message = try #require(error["message"]?.string)
    #expect(message.hasPrefix(failure.message), "\(message)")
    #expect(message.contains("(manifest.yaml:"), "\(message)")
    #expect(try run.statuses(of: "special").last == "INCOMPLETE")
    #expect(try run.recordCount(of: "special") == failure.records)
    #expect(try run.statuses(of: "ok").last == "COMPLETE")
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(run.status == 1)
    if failure.records > 0 { #expect(error["stack_trace"]?.string?.contains("raise KeyError('shelf')") == true) }
  }

  struct Unbuildable: Sendable, CustomTestStringConvertible {
    let code: String
    let message: String
    var isConfig = false
    var testDescription: String { message }
  }

  @Test(arguments: [
    Unbuildable(
      code: "import pendulumm",
      message: "`Stamp` cannot be imported: ModuleNotFoundError: No module named 'pendulumm' (components.py:1",
      isConfig: true),
    Unbuildable(code: "class Stamp(:", message: "`Stamp` cannot be imported: SyntaxError: invalid syntax", isConfig: true),
    Unbuildable(
      code: "class Stmap: pass", message: "`Stamp` does not exist: `components` has no class `Stamp`; did you mean `Stmap`?"),
    Unbuildable(
      code: "class Stamp:\n    label: str\n    colour: str\n    def __init__(self, label, colour): pass",
      message: "`Stamp` cannot be made: it needs `colour` (components.py:1"),
    Unbuildable(
      code: "class Stamp:\n    def __init__(self): raise ValueError('no ink')",
      message: "`Stamp` failed: ValueError: no ink (components.py:2"),
  ])
  func aClassThatCannotBeBuiltFailsItsStreamAlone(fault: Unbuildable) async throws {
    let connection = try Self.connection("pass")
    try connection.folder.write("components.py", fault.code + "\n")
    let run = try await connection.read(["special", "ok"], environment: TestPython.environment)
    let error = try #require(try run.errors().first)
    let message = try #require(error["message"]?.string)
    #expect(message.hasPrefix(fault.message), "\(message)")
    #expect(message.contains("(manifest.yaml:"), "\(message)")
    #expect(error["failure_type"]?.string == (fault.isConfig ? "config_error" : "system_error"))
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(run.status == 1)
  }

  /// What code prints becomes log lines, also what a process that it forked off prints, and secrets are masked there.
  @Test func whatCodePrintsIsLogged() async throws {
    let run = try await Self.read(
      """
      print("seen", record["id"], config["token"], flush=True)
      if record["id"] == 1:
          if os.fork() == 0:
              print("from the fork", flush=True)
              os._exit(0)
          os.system("echo from a program")
          os.write(1, b"from below\\n")
      """)
    let logs = try run.logs("INFO")
    #expect(logs.contains("seen 1 ****"), "\(logs)")
    for text in ["from the fork", "from a program", "from below"] { #expect(logs.contains(text)) }
    #expect(!run.stdout.contains("t0ken"))
    #expect(try run.recordCount(of: "special") == 3)
    #expect(run.status == 0)
  }

  /// A call that never ends holds up nobody else, and ends with the run.
  @Test func codeThatHangsEndsWithTheRun() async throws {
    let connection = try Self.connection(
      """
      import threading
      open("hanging", "w").write(str(os.getpid()))
      threading.Event().wait()
      """)
    let variables = TestPython.environment.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    let run = try await Tool.shell(
      """
      \(variables) "$@" > printed & run=$!
      until [ -s hanging ] && grep -q COMPLETE printed; do kill -0 $run || exit 9; done
      kill -KILL $run
      wait $run
      echo "ended with $?"
      while kill -0 "$(cat hanging)" 2>/dev/null; do :; done
      """, connection.readArguments(["ok", "special"]), in: connection.folder)
    #expect(run.stdout == "ended with 137\n", "\(run.stdout) \(run.stderr)")
    let printed = try connection.folder.text("printed")
    #expect(printed.components(separatedBy: #""type":"RECORD""#).count - 1 == 3)
  }

  // MARK: Bodies that come in parts

  private static let decoderHead = """
    import resource
    from airbyte_cdk.sources.declarative.decoders import Decoder

    class Lines(Decoder):
        def is_stream_response(self): return True
        def decode(self, response):

    """

  /// A read of the stream `special`, whose bodies the class `Lines` reads.
  private static func decoding(
    _ body: String, _ answer: UnrulyAPI.Answer, decoder: String = "INNER"
  ) async throws -> Tool.Outcome {
    let inner = "{type: CustomDecoder, class_name: source_declarative_manifest.components.Lines}"
    let manifest = Manifests.streams(
      ["ok"],
      more: """
          - $ref: "#/definitions/stream"
            name: special
            $parameters: {name: special}
            retriever:
              $ref: "#/definitions/stream/retriever"
              paginator: {type: NoPagination}
              decoder: \(decoder.replacing("INNER", with: inner))
              record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}

        """)
    let connection = try Connection(
      to: UnrulyAPI { request in request.path == "/special" ? answer : UnrulyAPI.usual(request) }, manifest: manifest)
    let lines = body.split(separator: "\n").map { "        \($0)\n" }.joined()
    try connection.folder.write("components.py", decoderHead + lines)
    return try await connection.read(["special", "ok"], environment: TestPython.environment)
  }

  private static let manyLines = String(repeating: String(repeating: "x", count: 1023) + "\n", count: 60_000)

  /// Of a large body neither process ever has more than a part.
  @Test(arguments: [
    "for line in response.iter_lines(): count += len(line) + 1",
    "for part in response.iter_content(100_000): count += len(part)",
    "while part := response.raw.read(5000): count += len(part)",
  ])
  func aBodyIsReadAsItComes(reading: String) async throws {
    let run = try await Self.decoding(
      """
      count, before = 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
      \(reading)
      yield {"id": count, "growth": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before}
      """, .json(200, Self.manyLines))
    let record = try #require(try run.messages("RECORD", "record").first { $0["stream"]?.string == "special" }?["data"])
    #expect(record["id"]?.int == Self.manyLines.utf8.count)
    #expect(try #require(record["growth"]?.int) < 20_000, "of 61 MB")
    #expect(run.status == 0, "\(run.stdout)")
  }

  @Test func aReaderMayStopBeforeTheEnd() async throws {
    let run = try await Self.decoding("yield {'id': len(next(response.iter_lines()))}", .json(200, Self.manyLines))
    #expect(try run.messages("RECORD", "record").first { $0["stream"]?.string == "special" }?["data"]?["id"]?.int == 1023)
    #expect(run.status == 0, "\(run.stdout)")
  }

  /// What came before is good, and the connection is to blame.
  @Test func aConnectionThatBreaksOffIsNamed() async throws {
    let run = try await Self.decoding(
      "for number, line in enumerate(response.iter_lines()):\n    if number % 1000 == 0: yield {'id': number}",
      .cut(Self.manyLines))
    let error = try #require(try run.errors().first)
    #expect(error["failure_type"]?.string == "transient_error", "\(error)")
    #expect(try run.recordCount(of: "special") == 60)
    #expect(try run.recordCount(of: "ok") == 3)
  }

  @Test func aFailureOfAReaderIsItsOwn() async throws {
    let run = try await Self.decoding(
      "yield {'id': 1}\nresponse.raw.read(10)\nraise KeyError('shelf')", .json(200, Self.manyLines))
    let message = try #require(try run.errors().first?["message"]?.string)
    #expect(message.hasPrefix("`Lines` failed: KeyError: 'shelf' (components.py:"), "\(message)")
    #expect(try run.recordCount(of: "special") == 1)
  }

  @Test func aBodyMayBeUnpackedBefore() async throws {
    // "one two" in gzip.
    let packed = try #require(Data(base64Encoded: "H4sIAAAAAAACA8vPS1UoKc8HAC+JB80HAAAA"))
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(packed.count)\r\n\r\n"
    let run = try await Self.decoding(
      "for line in response.iter_lines(): yield {'id': line.decode()}", .bytes(Array(head.utf8) + packed),
      decoder: "{type: GzipDecoder, decoder: INNER}")
    #expect(
      try run.messages("RECORD", "record").first { $0["stream"]?.string == "special" }?["data"]?["id"]?.string == "one two",
      "\(run.stdout)")
  }

  /// The page about custom components shows code, and what becomes of it.
  @Test func theTutorialRuns() async throws {
    let page = try Document("docs/custom-components.md")
    let readme = try #require(try Document("README.md").blocks(of: "yaml").first)
    let added = try #require(page.blocks(of: "yaml").first)
    let manifest = readme.replacing("    schema_loader:\n", with: added + "    schema_loader:\n")
    let api = try UnrulyAPI { request in
      .json(200, request.target.contains("page=2") ? #"{"authors": []}"# : #"{"authors": [{"id": 1, "name": "Ada Inkwell"}]}"#)
    }
    let connection = try Connection(to: api, manifest: manifest)
    try connection.folder.write("components.py", try #require(page.blocks(of: "python").first))
    let refused = try await connection.read(["authors"])
    let shown = page.blocks(of: "text")
    #expect(try refused.errors().first?["message"]?.string?.appending("\n") == shown.first)
    let run = try await connection.read(["authors"], environment: TestPython.environment)
    let record = try #require(try run.messages("RECORD", "record").first)
    let expected = try JSONValue(parsing: Array(try #require(page.blocks(of: "json").first).utf8))
    #expect(record["data"] == expected["record"]?["data"], "\(run.stdout)")
    let check = try await Tool.run(["components", "check"], in: connection.folder, environment: TestPython.environment)
    #expect(check.stdout == shown[1].split(separator: "\n").first.map { $0 + "\n" })
    try connection.folder.write(
      "manifest.yaml", manifest.replacing("Initials\n", with: "Initails\n").replacing("field: name\n", with: "feild: name\n"))
    let validated = try await connection.run("validate", "manifest.yaml")
    #expect(validated.stdout.contains(shown[2].split(separator: "\n")[0]), "\(validated.stdout)")
    try connection.folder.write("manifest.yaml", manifest.replacing("field: name\n", with: "feild: name\n"))
    let examined = try await Tool.run(
      ["validate", "manifest.yaml", "--components"], in: connection.folder, environment: TestPython.environment)
    #expect(examined.stdout.contains(shown[2].split(separator: "\n")[1]), "\(examined.stdout)")
  }

  // MARK: Where the code is

  @Test func aPackageCarriesItsCode() async throws {
    let body = #"record["label"] = self.label"#
    let manifest = Self.manifest(
      "{type: CustomTransformation, class_name: MODULE.Stamp, label: x}, {type: CustomTransformation, class_name: source_shelf.marks.Mark}"
    )
    let connection = try Self.connection(body, manifest)
    try connection.folder.makeFolder("source_shelf/words")
    try connection.folder.write("source_shelf/__init__.py", "")
    try connection.folder.write("source_shelf/words/mark.txt", "read")
    try connection.folder.write(
      "source_shelf/marks.py",
      """
      import pathlib
      import helpers
      from .words_of import word

      class Mark:
          def transform(self, record, config=None, stream_state=None, stream_slice=None):
              record["mark"] = helpers.loud(word())
      """)
    try connection.folder.write(
      "source_shelf/words_of.py",
      "import pathlib\n\ndef word(): return (pathlib.Path(__file__).parent / 'words' / 'mark.txt').read_text()\n")
    try connection.folder.write("helpers.py", "def loud(text): return text.upper()\n")
    try connection.folder.write("unused.py", "raise SystemExit\n")
    let made = try await connection.run("package", "manifest.yaml", "--output", "source-shop")
    #expect(made.status == 0, "\(made.stderr)")
    #expect(made.stderr.contains("with the manifest and 6 files of Python code of"), "\(made.stderr)")
    let named = try connection.readArguments(["special"])
    let source = connection.folder.url(of: "source-shop").path
    let inspection = try await Tool.run(["--inspect"], in: connection.folder, executable: source)
    for name in ["components.py", "helpers.py", "source_shelf/marks.py", "source_shelf/words/mark.txt"] {
      #expect(inspection.stdout.contains("\n\(name) "), "\(inspection.stdout)")
    }
    #expect(!inspection.stdout.contains("unused.py"))
    for name in ["components.py", "helpers.py", "source_shelf"] { try connection.folder.remove(name) }
    try connection.folder.makeFolder("tmp")
    // What is sealed is trusted.
    let read = try await Tool.run(
      named.filter { $0 != "--manifest" && $0 != "manifest.yaml" }, in: connection.folder, executable: source,
      environment: ["AIRBYTE_LOWCODE_PYTHON": TestPython.path ?? "", "TMPDIR": connection.folder.url(of: "tmp").path])
    #expect(read.status == 0, "\(read.stdout)")
    let records = try read.messages("RECORD", "record").compactMap { $0["data"] }
    #expect(records.map { $0["mark"]?.string } == ["READ", "READ", "READ"])
    #expect(records.map { $0["label"]?.string } == ["x", "x", "x"])
  }

  @Test func codeThatIsNotThereIsWarnedOf() async throws {
    let connection = try Self.connection("pass")
    try connection.folder.remove("components.py")
    let made = try await connection.run("package", "manifest.yaml", "--output", "source-shop")
    #expect(made.status == 0)
    #expect(
      made.stderr.contains(
        "warning: the code of `source_declarative_manifest.components.Stamp` is not beside the manifest, so it is not shipped (manifest.yaml:"
      ))
  }

  /// The code of a manifest that lies within its package, as in a repository of a Python connector.
  @Test func aManifestMayLieWithinItsPackage() async throws {
    let connection = try Self.connection(
      "pass", Self.manifest("{type: CustomTransformation, class_name: source_shelf.marks.Mark}"))
    try connection.folder.makeFolder("source_shelf")
    for name in ["manifest.yaml", "config.json"] {
      try connection.folder.write("source_shelf/\(name)", connection.folder.text(name))
    }
    try connection.folder.write("source_shelf/__init__.py", "")
    try connection.folder.write("source_shelf/word.py", "WORD = 'read'\n")
    try connection.folder.write(
      "source_shelf/marks.py",
      "from .word import WORD\n\nclass Mark:\n    def transform(self, record, **others): record['mark'] = WORD\n")
    let run = try await Tool.run(
      ["read", "source_shelf", "--config", "config.json", "--catalog", "catalog.json"],
      in: {
        _ = try connection.readArguments(["special"]); return connection.folder
      }(), environment: TestPython.environment)
    #expect(
      try run.messages("RECORD", "record").map { $0["data"]?["mark"]?.string } == ["read", "read", "read"], "\(run.stdout)")
  }

  // MARK: validate --components

  @Test func validateBuildsTheClasses() async throws {
    let connection = try Self.connection(
      "pass", Self.manifest("{type: CustomTransformation, class_name: MODULE.Stamp, label: x, lable: y}"))
    func validate(_ more: String...) async throws -> Tool.Outcome {
      try await Tool.run(
        ["validate", "manifest.yaml", "--components", "--format", "json"] + more, in: connection.folder,
        environment: TestPython.environment)
    }
    let run = try await validate()
    let findings = try JSONValue(parsing: Array(run.stdout.utf8))["manifests"]?.array?.first?["findings"]?.array ?? []
    let unknown = try #require(findings.first { $0["rule"]?.string == "unknown-key" })
    #expect(unknown["message"]?.string == "`Stamp` takes no `lable`: it has no type hint of that name, so the value is not used")
    #expect(run.status == 0)
    try connection.folder.write("manifest.yaml", Self.manifest("{type: CustomTransformation, class_name: MODULE.Stmap}"))
    let failed = try await validate()
    #expect(failed.stdout.contains("`Stmap` does not exist: `components` has no class `Stmap`"), "\(failed.stdout)")
    #expect(failed.stdout.contains("did you mean `Stamp`?"))
    #expect(failed.status == 1)
  }

  @Test func componentsCheckNamesEachClass() async throws {
    let connection = try Self.connection("pass")
    let run = try await Tool.run(
      ["components", "check", "manifest.yaml"], in: connection.folder, environment: TestPython.environment)
    #expect(run.stdout.hasPrefix("ok     Stamp  manifest.yaml:"), "\(run.stdout)")
    #expect(run.stderr.contains("with airbyte-cdk 7."), "\(run.stderr)")
    #expect(run.status == 0)
    try connection.folder.write("components.py", "import nosuchmodule\n")
    let failed = try await Tool.run(
      ["components", "check", "manifest.yaml"], in: connection.folder, environment: TestPython.environment)
    #expect(failed.stdout.hasPrefix("error  Stamp  manifest.yaml:"), "\(failed.stdout)")
    #expect(failed.status == 1)
  }
}
