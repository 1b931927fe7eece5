import Foundation
import Testing

/// Where `package`, `image` and `validate --fix` write, and where they do not.
@Suite struct OutputTests {
  private let connection: Connection

  init() throws {
    let more = """
        - $ref: "#/definitions/stream"
          name: named
          schema_loader: {type: JsonFileSchemaLoader, file_path: "schemas/named.json"}
      """
    connection = try Connection(manifest: Manifests.streams(["ok"], more: more))
    try connection.folder.makeFolder("schemas")
    try connection.folder.write("schemas/named.json", "{}")
    try connection.folder.write("metadata.yaml", "data: {dockerRepository: airbyte/source-shop, dockerImageTag: 1.2.3}\n")
    try connection.folder.write("other.yaml", "data: {dockerRepository: airbyte/source-other, dockerImageTag: 1.2.3}\n")
  }

  private func path(_ name: String) -> String { connection.folder.url(of: name).path }

  /// The files of the folder and what they hold.
  private func contents() throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: connection.folder.url.path) {
      contents[name] = try? Data(contentsOf: connection.folder.url(of: name))
    }
    return contents
  }

  // MARK: What is read

  @Test(arguments: [
    ("manifest.yaml", "the manifest"), ("./schemas/../manifest.yaml", "the manifest"), ("hard", "the manifest"),
    ("soft", "the manifest"), ("hop", "the manifest"), ("schemas/named.json", "the file schemas/named.json of the connector"),
    ("metadata.yaml", "the metadata"), ("other.yaml", "the metadata"), ("runtime", "the runtime"),
  ])
  func anInputIsNoOutput(output: String, role: String) async throws {
    #expect(link(path("manifest.yaml"), path("hard")) == 0)
    #expect(symlink("manifest.yaml", path("soft")) == 0)
    #expect(symlink("schemas/../soft", path("hop")) == 0)
    try FileManager.default.copyItem(atPath: Tool.path, toPath: path("runtime"))
    let before = try contents()
    let options = ["--runtime", "runtime", "--metadata", output == "metadata.yaml" ? output : "other.yaml"]
    for command in [["package"], ["image"]] {
      // A tar has the runtime among its files.
      let run = try await connection.run(command + ["manifest.yaml", "-o", output] + options)
      #expect(run.stderr == "error: \(output) is \(role), which is read; the output should be another file\n")
      #expect(run.status == 1)
    }
    #expect(try contents() == before)
  }

  @Test func theProgramDoesNotReplaceItself() async throws {
    try FileManager.default.copyItem(atPath: Tool.path, toPath: path("tool"))
    let run = try await Tool.run(["package", "manifest.yaml", "-o", "tool"], in: connection.folder, executable: path("tool"))
    #expect(run.stderr == "error: tool is the runtime, which is read; the output should be another file\n")
    #expect(FileManager.default.contentsEqual(atPath: path("tool"), andPath: Tool.path))
  }

  /// By default the package is called as the manifest's file.
  @Test func theDefaultNameMayBeThatOfTheManifest() async throws {
    try connection.folder.write("shop", connection.folder.text("manifest.yaml"))
    try connection.folder.remove("metadata.yaml")
    let run = try await connection.run("package", "shop")
    #expect(run.stderr == "error: shop is the manifest, which is read; the output should be another file\n")
    #expect(try connection.folder.text("shop") == connection.folder.text("manifest.yaml"))
  }

  // MARK: What is no regular file

  /// The same bytes as in a file come through pipes, descriptors and standard output.
  @Test(arguments: [
    #""$@" -o - > out"#, #""$@" -o - | cat > out"#, #""$@" -o /dev/stdout > out"#, #""$@" -o /dev/stdout | cat > out"#,
    #""$@" -o /dev/fd/3 3> out"#, #""$@" -o /proc/self/fd/3 3> out"#, #"ln -s /dev/fd/3 link; "$@" -o link 3> out"#,
    #"mkfifo pipe; cat pipe > out & "$@" -o pipe && wait && test -p pipe"#,
    #"printf before > out; "$@" -o /dev/fd/3 3>> out && tail -c +7 out > cut && mv cut out"#,
  ])
  func whatIsNoFileIsWrittenThrough(line: String) async throws {
    let package = ["package", "manifest.yaml"]
    #expect(try await connection.run(package + ["-o", "expected"]).status == 0)
    let run = try await Tool.shell(line, package, in: connection.folder)
    #expect(run.status == 0, "\(run.stderr)")
    #expect(FileManager.default.contentsEqual(atPath: path("out"), andPath: path("expected")))
    #expect(try connection.folder.names().allSatisfy { !$0.contains("airbyte-lowcode-") })
  }

  @Test func standardOutputTakesAnImage() async throws {
    let run = try await Tool.shell(#""$@" -o - | tar tf -"#, ["image", "manifest.yaml"], in: connection.folder)
    #expect(run.stdout.contains("oci-layout\n"))
    #expect(run.stderr.hasPrefix("Wrote to standard output: "))
    let layout = try await connection.run("image", "manifest.yaml", "--layout", "-o", "-")
    #expect(layout.stderr == "error: A folder cannot be written to standard output: leave out --layout, or name a folder\n")
    #expect(layout.status == 1)
  }

  /// A device of this test's own, as that of `/dev/null` or `/dev/full`: a mistake here must not cost those of the system.
  @Test(arguments: [3, 7]) func devicesStay(minor: Int) async throws {
    guard mknod(path("device"), S_IFCHR | 0o600, dev_t(1 << 8 | minor)) == 0,
      FileManager.default.isWritableFile(atPath: path("device")), let device = FileHandle(forWritingAtPath: path("device"))
    else { return }
    try device.close()
    try connection.folder.makeFolder("linked")
    #expect(symlink("../device", path("linked/device")) == 0)
    for command in ["package", "image"] {
      for name in ["device", "linked/device"] {
        // What an image holds is compressed, which takes its time.
        let runtime = command == "image" ? ["--runtime", "/bin/true"] : []
        let run = try await connection.run([command, "manifest.yaml", "-o", name] + runtime)
        #expect(minor == 3 ? run.status == 0 : run.stderr == "error: \(name) cannot be written: No space left on device\n")
      }
    }
    var status = stat()
    #expect(lstat(path("device"), &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func outputsThatCannotBeWrittenAreNamed() async throws {
    let closed = try await Tool.shell(#"exec "$@" -o - >&-"#, ["package", "manifest.yaml"], in: connection.folder)
    #expect(closed.stderr == "error: Standard output is closed\n")
    #expect(closed.status == 1)
    let gone = try await Tool.shell(
      #"mkfifo pipe; true < pipe & exec "$@" -o pipe"#, ["package", "manifest.yaml"], in: connection.folder)
    #expect(gone.stderr == "error: pipe cannot be written: Broken pipe\n")
    let circle = try await Tool.shell(
      #"ln -s a b; ln -s b a; exec "$@" -o a"#, ["package", "manifest.yaml"], in: connection.folder)
    #expect(circle.stderr == "error: a cannot be written: Too many levels of symbolic links\n")
    let long = String(repeating: "n", count: 256)
    let named = try await connection.run("package", "manifest.yaml", "-o", long)
    #expect(named.stderr == "error: \(long) cannot be written: File name too long\n")
  }

  @Test func aTerminalGetsNoBinary() async throws {
    guard let script = ["/usr/bin/script", "/bin/script"].first(where: { FileManager.default.isExecutableFile(atPath: $0) })
    else {
      return
    }
    let line = "\(script) --quiet --return --command \"$1 package manifest.yaml -o -\" typescript"
    let run = try await Tool.shell(line, [], in: connection.folder)
    #expect(run.stdout.contains("error: Standard output is a terminal"))
    #expect(run.status == 1)
    #expect(run.stdout.utf8.count < 1_000)
  }

  // MARK: Mending

  @Test func whatCannotBeMendedIsSaid() async throws {
    let run = try await Tool.shell(
      #"mkfifo pipe.yaml; cat manifest.yaml > pipe.yaml & exec "$@" pipe.yaml"#, ["validate", "--fix"], in: connection.folder)
    #expect(run.stderr.contains("error: pipe.yaml could not be fixed: it is not a regular file\n"))
    // It is still checked: nothing was taken out of the pipe.
    #expect(run.stdout.contains("pipe.yaml"))
    #expect(run.status == 2)
  }

  // MARK: Killed writers

  /// Killed as soon as the unfinished file is there, or later: the output is what it was, and the next writer tidies up.
  @Test func whatAKilledWriterLeftIsRemoved() async throws {
    try connection.folder.write("out", "what was there before")
    for delay in 0..<5 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Tool.path)
      process.arguments = ["package", "manifest.yaml", "-o", "out"]
      process.currentDirectoryURL = connection.folder.url
      process.standardError = FileHandle.nullDevice
      try process.runWithSignals()
      var size = -1
      while process.isRunning, size < delay * 5_000_000 {
        let temporary = try connection.folder.names().first { $0.hasPrefix(".out.airbyte-lowcode-") }
        if let temporary {
          size = (try? Data(contentsOf: connection.folder.url(of: temporary), options: .alwaysMapped).count) ?? size
        }
      }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if process.terminationReason == .uncaughtSignal { #expect(try connection.folder.text("out") == "what was there before") }
    }
    let run = try await connection.run("package", "manifest.yaml", "-o", "other")
    #expect(run.status == 0)
    #expect(try connection.folder.names().allSatisfy { !$0.contains(".airbyte-lowcode-") })
  }
}

/// What is in the way of one stream's file.
@Suite struct StreamFileTests {
  @Test func oneStreamFailsAlone() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api, manifest: Manifests.streams(["ok", "other"]))
    try connection.folder.makeFolder("out")
    try connection.folder.makeFolder("out/other.jsonl")
    let run = try await connection.run("read", "-c", "config.json", "--output", "out")
    #expect(run.status == 1)
    #expect(run.stderr.contains("The stream `other` has no file: out/other.jsonl cannot be written"), "\(run.stderr)")
    #expect(try connection.folder.text("out/ok.jsonl").split(separator: "\n").count == 3)
  }
}
