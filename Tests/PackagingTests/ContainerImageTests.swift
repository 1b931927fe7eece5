import Foundation
import JSON
import Testing

@testable import Packaging

/// An image around a program that does nothing.
@Suite struct ContainerImageTests {
  private static let package = Package(
    name: "source-shop", version: "1.2.3", manifest: Array("version: 7.39.1\n".utf8),
    files: ["schemas/a.json": Array("{}".utf8)])

  private static let scratch = Result { try Scratch() }
  private static let image = Result { try made(of: Runtime.write(in: scratch.get())) }

  private static func made(of runtime: String) throws -> ContainerImage {
    try ContainerImage(SealedExecutable(path: runtime), package: package, name: "airbyte/source-shop", version: "1.2.3")
  }

  private func json(_ bytes: [UInt8]?) throws -> JSONValue { try JSONValue(parsing: try #require(bytes)) }

  @Test func everyReferenceLeadsToABlobOfItsDigestAndSize() throws {
    let files = Dictionary(uniqueKeysWithValues: try Self.image.get().files.map { ($0.path, $0.bytes) })
    for (path, bytes) in files where path.hasPrefix("blobs/") { #expect(path == "blobs/sha256/\(Digest(of: bytes))") }
    func blob(_ descriptor: JSONValue?) throws -> [UInt8] {
      let digest = try #require(descriptor?["digest"]?.string)
      let bytes = try #require(files["blobs/\(digest.replacingOccurrences(of: ":", with: "/"))"])
      #expect(descriptor?["size"]?.int == bytes.count)
      return bytes
    }
    #expect(try json(files["oci-layout"]) == ["imageLayoutVersion": "1.0.0"])
    let manifest = try json(blob(json(files["index.json"])["manifests"]?.array?.first))
    let config = try json(blob(manifest["config"]))
    let layers = try #require(manifest["layers"]?.array)
    let scratch = try Scratch()
    var digests: [JSONValue] = []
    for layer in layers {
      try scratch.write("layer.gz", try blob(layer))
      #expect(try Program.run("/bin/gzip", ["--decompress", "--force", scratch.path("layer.gz")]).status == 0)
      digests.append(.string("sha256:\(Digest(of: try scratch.bytes("layer")))"))
    }
    #expect(config["rootfs"]?["diff_ids"] == .array(digests))
    #expect(config["history"]?.array?.count == layers.count)
    let docker = try json(files["manifest.json"])
    #expect(docker.array?.first?["RepoTags"] == ["airbyte/source-shop:1.2.3"])
    #expect(docker.array?.first?["Layers"]?.array?.allSatisfy { files[$0.string ?? ""] != nil } == true)
    #expect(files[docker.array?.first?["Config"]?.string ?? ""] != nil)
  }

  @Test func theConfigIsThatOfTheReferencesImages() throws {
    let files = try Self.image.get().files
    let config = try #require(files.lazy.compactMap { try? JSONValue(parsing: $0.bytes)["config"] }.first { $0["Env"] != nil })
    let entrypoint = config["Entrypoint"]?.array?.compactMap(\.string).joined(separator: " ") ?? ""
    #expect(config["Env"]?.array?.contains(.string("AIRBYTE_ENTRYPOINT=\(entrypoint)")) == true)
    #expect(config["User"] == "1000")
    #expect(config["WorkingDir"] == "/airbyte/integration_code")
    #expect(config["Labels"] == ["io.airbyte.name": "airbyte/source-shop", "io.airbyte.version": "1.2.3"])
  }

  @Test func theSameInputMakesTheSameBytes() throws {
    let runtime = try Runtime.write(in: Self.scratch.get(), as: "again")
    #expect(try Self.image.get().files.map(\.bytes) == Self.made(of: runtime).files.map(\.bytes))
    // What the runtime carries is left out of the image.
    let place = OutputPlace(try Self.scratch.get().path("carrying"))
    _ = try SealedExecutable(path: runtime).write(Self.package, to: place)
    #expect(try Self.image.get().files.map(\.bytes) == Self.made(of: place.path).files.map(\.bytes))
  }

  @Test func aLayoutTakesTheNameOfTheOneBefore() throws {
    let scratch = try Scratch()
    let image = try Self.image.get()
    for _ in 1...2 { try image.writeLayout(to: OutputPlace("\(scratch.path("layout"))/")) }
    #expect(try scratch.names() == ["layout"])
    for (path, bytes) in image.files { #expect(try scratch.bytes("layout/\(path)") == bytes) }
  }

  /// Of what was there, the blobs of the old image go; what a killed writer left does too, and what belongs to somebody else stays.
  @Test func aLayoutIsBroughtUpToDate() throws {
    let scratch = try Scratch()
    let image = try Self.image.get()
    let old = "blobs/sha256/\(String(repeating: "0a", count: 32))"
    let left = "blobs/sha256/.\(String(repeating: "0b", count: 32)).airbyte-lowcode-0a1b2c3d"
    try FileManager.default.createDirectory(atPath: scratch.path("layout/blobs/sha256"), withIntermediateDirectories: true)
    for name in ["oci-layout", "notes.txt", "blobs/sha256/notes.txt", old, left] { try scratch.write("layout/\(name)", [1]) }
    try image.writeLayout(to: OutputPlace(scratch.path("layout")))
    let names = try FileManager.default.subpathsOfDirectory(atPath: scratch.path("layout"))
    #expect(
      Set(names) == Set(image.files.map(\.path)).union(["blobs", "blobs/sha256", "notes.txt", "blobs/sha256/notes.txt"]))
    for (path, bytes) in image.files { #expect(try scratch.bytes("layout/\(path)") == bytes) }
  }

  /// A folder that is one already keeps what it is: shells stand in it, file systems are mounted there, links lead to it.
  @Test func anEmptyFolderIsFilled() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.path("real"), withIntermediateDirectories: true)
    #expect(chmod(scratch.path("real"), 0o2770) == 0)
    try FileManager.default.createSymbolicLink(atPath: scratch.path("link"), withDestinationPath: "real")
    try Self.image.get().writeLayout(to: OutputPlace(scratch.path("link") + "/"))
    #expect(try scratch.names() == ["link", "real"])
    #expect(try scratch.bytes("real/oci-layout") == scratch.bytes("link/oci-layout"))
    var status = stat()
    #expect(lstat(scratch.path("real"), &status) == 0 && status.st_mode & 0o7777 == 0o2770)
  }

  /// A manifest that lies in the folder, as what is written there or as a blob to remove.
  @Test func aLayoutDoesNotDestroyWhatIsRead() throws {
    let scratch = try Scratch()
    let blob = "layout/blobs/sha256/\(String(repeating: "0a", count: 32))"
    try FileManager.default.createDirectory(atPath: scratch.path("layout/blobs/sha256"), withIntermediateDirectories: true)
    for name in ["layout/oci-layout", "layout/index.json", blob] { try scratch.write(name, [1]) }
    var place = OutputPlace(scratch.path("layout"))
    place.protect(scratch.path(blob), as: "the runtime")
    try Self.image.get().writeLayout(to: place)
    #expect(try scratch.bytes(blob) == [1])
    try scratch.write("layout/index.json", [1])
    place.protect(scratch.path("layout/index.json"), as: "the manifest")
    let path = scratch.path("layout/index.json")
    #expect(throws: PackagingError("\(path) is the manifest, which is read; the output should be another file")) {
      try Self.image.get().writeLayout(to: place)
    }
    #expect(try scratch.bytes("layout/index.json") == [1])
  }

  @Test func aFileOfTheImageIsNoPlaceForIt() throws {
    let scratch = try Scratch()
    let runtime = try Runtime.write(in: scratch)
    let before = try scratch.bytes("runtime")
    #expect(throws: PackagingError("\(runtime) is a file of the image, which is read; the output should be another file")) {
      try Self.made(of: runtime).writeArchive(to: OutputPlace(runtime))
    }
    #expect(try scratch.bytes("runtime") == before)
  }

  @Test func aFolderOfSomethingElseStaysAsItIs() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.path("notes"), withIntermediateDirectories: true)
    try scratch.write("notes/one", [1])
    #expect(throws: PackagingError("\(scratch.path("notes")) is a folder that holds something other than an image")) {
      try Self.image.get().writeLayout(to: OutputPlace(scratch.path("notes")))
    }
    #expect(try scratch.bytes("notes/one") == [1])
    #expect(try scratch.names() == ["notes"])
  }

  @Test func whereNothingCanBeWrittenNothingIsLeft() throws {
    let scratch = try Scratch()
    let path = scratch.path("none/image")
    let error = PackagingError("\(path) cannot be written: No such file or directory")
    #expect(throws: error) { try Self.image.get().writeLayout(to: OutputPlace(path)) }
    #expect(throws: error) { try Self.image.get().writeArchive(to: OutputPlace(path)) }
    #expect(try scratch.names().isEmpty)
  }

  @Test func aRuntimeForAnotherProcessorIsRefused() throws {
    let scratch = try Scratch()
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "/bin/true")))
    bytes[18] ^= 1
    let path = try scratch.write("runtime", bytes)
    let error = PackagingError("\(path) is for another processor than this system, whose libraries the image needs")
    #expect(throws: error) {
      try ContainerImage(SealedExecutable(path: path), package: nil, name: "airbyte-lowcode", version: "1")
    }
  }

  @Test func theDockerfileCopiesWhatThePackageHolds() {
    let text = Dockerfile.text(package: Self.package, name: "airbyte/source-shop", version: "1.2.3")
    #expect(text.contains("\nCOPY --chown=1000:1000 [\"manifest.yaml\",\"source_declarative_manifest/manifest.yaml\"]\n"))
    #expect(text.contains("\nCOPY --chown=1000:1000 [\"schemas/a.json\",\"source_declarative_manifest/schemas/a.json\"]\n"))
    #expect(text.contains("\nLABEL io.airbyte.name=\"airbyte/source-shop\" io.airbyte.version=\"1.2.3\"\n"))
    #expect(!Dockerfile.text(package: nil, name: "airbyte-lowcode", version: "1").contains("manifest.yaml"))
  }

  /// A Python for custom components is a layer of its own, between the program and the manifest.
  @Test func aPythonIsALayerOfItsOwn() throws {
    let scratch = try Scratch()
    for folder in ["python/bin", "python/lib/python3.11/lib-dynload"] {
      try FileManager.default.createDirectory(atPath: scratch.path(folder), withIntermediateDirectories: true)
    }
    let program = Array(try Data(contentsOf: URL(fileURLWithPath: "/bin/true")))
    try scratch.write("python/bin/python3.11", program)
    try FileManager.default.createSymbolicLink(atPath: scratch.path("python/bin/python3"), withDestinationPath: "python3.11")
    try scratch.write("python/lib/python3.11/os.py", Array("pass".utf8))
    try scratch.write("python/lib/python3.11/lib-dynload/x.so", program)
    func made() throws -> ContainerImage {
      try ContainerImage(
        SealedExecutable(path: Runtime.write(in: scratch)), package: Self.package, python: scratch.path("python"),
        name: "airbyte/shop",
        version: "1")
    }
    let image = try made()
    let config = try #require(image.files.lazy.compactMap { try? JSONValue(parsing: $0.bytes) }.first { $0["rootfs"] != nil })
    #expect(config["history"]?.array?.count == 3)
    #expect(
      config["config"]?["Env"]?.array?.contains("AIRBYTE_LOWCODE_PYTHON=/opt/airbyte-lowcode/python/bin/python3") == true)
    // The libraries that the layer below has are not in it again.
    #expect(image.pythonSize?.files == 2 * program.count + 4)
    #expect(try image.files.map(\.bytes) == made().files.map(\.bytes))
    #expect(try Self.image.get().pythonSize == nil)
  }

  @Test func theDockerfileInstallsAPythonWhereOneIsNeeded() {
    let text = Dockerfile.text(package: Self.package, hasPython: true, name: "airbyte/source-shop", version: "1.2.3")
    #expect(text.contains("zlib1g python3 python3-venv"))
    #expect(
      text.contains("\nRUN airbyte-lowcode components setup --slim /airbyte/integration_code/source_declarative_manifest\n"))
    #expect(!Dockerfile.text(package: Self.package, name: "airbyte/source-shop", version: "1.2.3").contains("python3"))
  }

  /// A program may be called by itself or as the entrypoints of the reference's images call it.
  @Test(arguments: [
    (["/usr/local/bin/airbyte-lowcode", "spec"], ["spec"]),
    (["python", "/airbyte/integration_code/main.py", "read", "--config", "c"], ["read", "--config", "c"]),
    (["ddtrace-run", "python", "/airbyte/integration_code/main.py", "spec"], ["spec"]),
    (["/usr/local/bin/python", "check"], ["check"]),
    (["airbyte-lowcode", "/airbyte/integration_code/main.py"], ["/airbyte/integration_code/main.py"]),
    (["python"], []),
    ([], []),
  ])
  func theEntrypointOfTheReferenceIsUnderstood(words: [String], arguments: [String]) {
    #expect(ImageLayout.arguments(words) == arguments)
  }
}
