import Foundation
import JSON
import Testing

/// Executables with a package that were damaged on their way.
@Suite struct DamageTests {
  private let connection: Connection
  private let source: String

  init() async throws {
    connection = try Connection()
    let run = try await connection.run(["package", "manifest.yaml", "--output", "source-shop"])
    try #require(run.status == 0, "\(run.stderr)")
    source = connection.folder.url(of: "source-shop").path
  }

  private func size() throws -> Int {
    var status = stat()
    try #require(stat(source, &status) == 0)
    return Int(status.st_size)
  }

  /// - Parameter isSaid: whether a sentence must say so; damage may also keep the system from starting the program.
  private func expectRefusal(_ damage: String, isSaid: Bool = true) async throws {
    guard let run = try? await Tool.run(["spec"], in: connection.folder, executable: source) else {
      // The system did not start it.
      #expect(!isSaid, "\(damage)")
      return
    }
    #expect(run.status != 0, "\(damage)")
    #expect(!run.stdout.contains(#""SPEC""#), "\(damage)")
    if isSaid || run.stdout.contains("TRACE") {
      let message = try run.errors().first?["message"]?.string ?? ""
      #expect(message.hasPrefix("This executable is damaged: "), "\(damage): \(run.stdout) \(run.stderr)")
      #expect(try run.errors().first?["failure_type"] == "system_error")
    }
  }

  /// A download that broke off, wherever it did.
  @Test func whatLostItsEndIsRefused() async throws {
    let count = try size()
    let lengths = [count - 1, count - 8, count - 100, count - 1_000, count - 3_000] + (1...6).map { count - $0 * (count / 20) }
    for length in lengths {
      #expect(truncate(source, off_t(length)) == 0)
      try await expectRefusal("\(length) of \(count) bytes")
    }
    // Then the loader may have the first word.
    for length in [count / 2, count / 10, 5_000, 64] {
      #expect(truncate(source, off_t(length)) == 0)
      try await expectRefusal("\(length) of \(count) bytes", isSaid: false)
    }
  }

  @Test func whatGrewIsRefused() async throws {
    let count = try size()
    for more in [1, 8, 100_000] {
      #expect(truncate(source, off_t(count + more)) == 0)
      try await expectRefusal("\(more) bytes more")
    }
    #expect(truncate(source, off_t(count)) == 0)
    #expect(try await Tool.run(["spec"], in: connection.folder, executable: source).status == 0)
  }

  /// A single bit anywhere. What runs before the check, a few thousand bytes of the system's and the program's start, may fail by itself.
  @Test func whatChangedIsRefused() async throws {
    let count = try size()
    // By another process: the system starts no program that somebody may still write.
    func flip(_ place: Int, _ bit: UInt8) async throws {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: source))
      try file.seek(toOffset: UInt64(place))
      let byte = try #require(try file.read(upToCount: 1)?.first) ^ 1 << bit
      let octal = String(byte, radix: 8)
      let line = "printf '\\\(octal)' | dd of=source-shop bs=1 seek=\(place) conv=notrunc"
      #expect(try await Tool.shell(line, [], in: connection.folder).status == 0)
    }
    for index in 0..<24 {
      // Half of them behind the program or near its end, where nothing of the start is.
      let place = index.isMultiple(of: 2) ? Int.random(in: 0..<count) : count - 1 - Int.random(in: 0..<3_000)
      let bit = UInt8.random(in: 0..<8)
      try await flip(place, bit)
      try await expectRefusal("bit \(bit) of byte \(place)", isSaid: !index.isMultiple(of: 2))
      try await flip(place, bit)
    }
    #expect(try await Tool.run(["spec"], in: connection.folder, executable: source).status == 0)
  }

  /// For people on standard error, whatever they asked for.
  @Test(arguments: [["--inspect"], ["--version"], ["--help"], []])
  func damageIsSaidToPeopleToo(arguments: [String]) async throws {
    #expect(truncate(source, off_t(try size() + 1)) == 0)
    let run = try await Tool.run(arguments, in: connection.folder, executable: source)
    #expect(run.stderr.hasPrefix("error: This executable is damaged: it has "))
    #expect(run.stdout.isEmpty)
    #expect(run.status == 1)
  }

  /// The program itself, without the package, knows that there was one.
  @Test func theProgramAloneIsRefused() async throws {
    let inspection = try await Tool.run(["--inspect"], in: connection.folder, executable: source)
    let row = try #require(inspection.stdout.split(separator: "\n").first { $0.hasPrefix("runtime") })
    let count = try #require(Int(row.split(separator: " ")[1]))
    #expect(truncate(source, off_t(count)) == 0)
    try await expectRefusal("the program alone")
  }
}
