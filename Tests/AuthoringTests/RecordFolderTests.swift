import AirbyteProtocol
import ConnectorModel
import Engine
import Foundation
import JSON
import Synchronization
import Testing

@testable import Authoring

/// What a read leaves in a folder, and what the next one makes of it.
@Suite struct RecordFolderTests {
  private let place = FileManager.default.temporaryDirectory.appending(path: "records-\(UUID().uuidString)")
  private let schema: JSONObject = ["properties": ["id": [:], "name": [:]]]

  /// A folder whose clock moves on by `step` with each look at it.
  private func folder(_ format: RecordFormat = .jsonLines, continuing: [String] = [], step: Int64 = 2_000_000) throws
    -> RecordFolder
  {
    let clock = Mutex<Int64>(1_700_000_000_000_000)
    let folder = try RecordFolder(
      place.path, format: format,
      now: {
        clock.withLock { time in
          time += step
          return time
        }
      })
    folder.continuing(continuing)
    return folder
  }

  private func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: place.appending(path: name).path).map { String(decoding: $0, as: UTF8.self) }
  }

  private func put(_ lines: String..., in folder: RecordFolder, of stream: String = "orders") throws {
    try Array(lines.map { $0 + "\n" }.joined().utf8).withUnsafeBytes { try folder.put($0, of: StreamDescriptor(name: stream)) }
  }

  private func begin(_ folder: RecordFolder, _ stream: String = "orders") throws {
    try folder.begin(StreamDescriptor(name: stream), schema: schema)
  }

  private func keep(_ value: String, _ folder: RecordFolder, _ stream: String = "orders") throws {
    try folder.keep(["updated": .string(value)], of: StreamDescriptor(name: stream))
  }

  private func end(_ folder: RecordFolder, _ stream: String = "orders", isComplete: Bool = true) throws {
    try folder.end(StreamDescriptor(name: stream), isComplete: isComplete)
  }

  @Test func aReadLeavesRecordsAndStates() throws {
    do {
      let folder = try folder()
      try begin(folder)
      try put(#"{"id":1}"#, #"{"id":2}"#, in: folder)
      try keep("a", folder)
      try put(#"{"id":3}"#, in: folder)
      try keep("b", folder)
      try end(folder)
      #expect(folder.results.map(\.isComplete) == [true])
    }
    #expect(text("orders.jsonl") == "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n")
    #expect(try folder().states == ["orders": ["updated": "b"]])
    let saved = try JSONValue(parsing: Array(try #require(text("state.json")).utf8))
    #expect(saved[0]?["file"] == ["name": "orders.jsonl", "bytes": 27])
    // What `--state` and the reference take.
    #expect(try InputState.streams(saved) == ["orders": ["updated": "b"]])
  }

  @Test func theNextReadWritesBehindTheLastState() throws {
    do {
      let first = try folder()
      try begin(first)
      try put(#"{"id":1}"#, in: first)
      try keep("a", first)
      // This one the state does not cover: the process ends here.
      try put(#"{"id":2}"#, in: first)
    }
    #expect(text("orders.jsonl") == "{\"id\":1}\n{\"id\":2}\n")
    let next = try folder(continuing: ["orders"])
    #expect(next.states["orders"] == ["updated": "a"])
    try begin(next)
    #expect(text("orders.jsonl") == "{\"id\":1}\n")
    try put(#"{"id":2}"#, #"{"id":3}"#, in: next)
    try keep("b", next)
    try end(next)
    #expect(text("orders.jsonl") == "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n")
  }

  /// A tap or a database may keep one state for all of its streams, which covers the records of each.
  @Test func aSharedStateCoversAllFiles() throws {
    let streams = ["orders", "books"].map { ConfiguredStream(descriptor: StreamDescriptor(name: $0), syncMode: .incremental) }
    do {
      let first = try folder()
      for stream in streams { try begin(first, stream.descriptor.name) }
      try put(#"{"id":1}"#, in: first)
      try put(#"{"id":1}"#, in: first, of: "books")
      try first.keep(shared: ["lsn": 5])
      try put(#"{"id":2}"#, in: first)
    }
    let next = try folder()
    let state = next.resume(streams)
    #expect(state.shared == ["lsn": 5])
    #expect(state.streams.isEmpty)
    for stream in streams { try begin(next, stream.descriptor.name) }
    // What the state does not cover comes again.
    #expect(text("orders.jsonl") == "{\"id\":1}\n")
    #expect(text("books.jsonl") == "{\"id\":1}\n")
    // A stream that is read as a whole begins a new file.
    #expect(try SavedPlaces(in: place.path).streams.count == 2)
  }

  @Test func aFileThatWasTakenAwayBeginsAnew() throws {
    do {
      let first = try folder()
      try begin(first)
      try put(#"{"id":1}"#, in: first)
      try keep("a", first)
      try end(first)
    }
    try FileManager.default.removeItem(at: place.appending(path: "orders.jsonl"))
    let next = try folder(continuing: ["orders"])
    try begin(next)
    try put(#"{"id":2}"#, in: next)
    try keep("b", next)
    try end(next)
    #expect(text("orders.jsonl") == "{\"id\":2}\n")
  }

  @Test func aStreamFromItsBeginningReplacesItsFileWhenItIsComplete() throws {
    let mark: JSONObject = ["__ab_no_cursor_state_message": true]
    for round in 1...2 {
      let folder = try folder()
      try begin(folder, "authors")
      try put(#"{"round":\#(round)}"#, in: folder, of: "authors")
      // Until it is complete, the old file stays.
      #expect(text("authors.jsonl") == (round == 1 ? nil : "{\"round\":1}\n"))
      try folder.keep(mark, of: StreamDescriptor(name: "authors"))
      #expect(text("authors.jsonl") == (round == 1 ? nil : "{\"round\":1}\n"))
      try end(folder, "authors")
      #expect(text("authors.jsonl") == "{\"round\":\(round)}\n")
    }
  }

  @Test func whatAFailedStreamReadLiesBesideTheOldFile() throws {
    do {
      let first = try folder()
      try begin(first)
      try put(#"{"id":1}"#, in: first)
      try end(first)
    }
    do {
      let second = try folder()
      try begin(second)
      try put(#"{"id":2}"#, in: second)
      try end(second, isComplete: false)
      #expect(second.results.first?.path.hasSuffix("/incomplete.orders.jsonl") == true)
    }
    #expect(text("orders.jsonl") == "{\"id\":1}\n")
    #expect(text("incomplete.orders.jsonl") == "{\"id\":2}\n")
    let third = try folder()
    try begin(third)
    try put(#"{"id":3}"#, in: third)
    try end(third)
    #expect(text("orders.jsonl") == "{\"id\":3}\n")
    #expect(text("incomplete.orders.jsonl") == nil)
  }

  @Test func aStreamThatForgetsItsStateBeginsAnew() throws {
    do {
      let first = try folder()
      try begin(first)
      try put(#"{"id":1}"#, in: first)
      try keep("a", first)
      try end(first)
    }
    let next = try folder(continuing: ["orders"])
    try next.keep([:], of: StreamDescriptor(name: "orders"))
    try begin(next)
    try put(#"{"id":2}"#, in: next)
    try keep("b", next)
    try end(next)
    #expect(text("orders.jsonl") == "{\"id\":2}\n")
  }

  @Test func statesAreSavedNowAndThen() throws {
    let folder = try folder(step: 0)
    try begin(folder)
    try put(#"{"id":1}"#, in: folder)
    try keep("a", folder)
    try put(#"{"id":2}"#, in: folder)
    try keep("b", folder)
    // The first one; the second one came at the same time.
    #expect(text("state.json")?.contains("\"a\"") == true)
    try end(folder)
    #expect(text("state.json")?.contains("\"b\"") == true)
  }

  @Test func oneReadAtATime() throws {
    let first = try folder()
    let error = try #require(throws: ConnectorError.self) { try folder() }
    #expect(error.message.contains("Another read is writing to the folder"))
    withExtendedLifetime(first) {}
  }

  @Test(arguments: ["{", "[1]", #"[{"type": "STREAM"}]"#]) func aStateThatCannotBeUsedIsNotOverwritten(content: String) throws {
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try Data(content.utf8).write(to: place.appending(path: "state.json"))
    let error = try #require(throws: ConnectorError.self) { try folder() }
    #expect(error.message.contains("state.json cannot be used"))
    #expect(text("state.json") == content)
  }

  @Test(arguments: [
    ("orders", "orders"), ("reports/2024", "reports%2F2024"), ("..", "%2E."), (".hidden", "%2Ehidden"), ("100%", "100%25"),
    ("a\\b", "a%5Cb"), ("línea", "línea"), ("a\u{7}b", "a%07b"),
  ]) func namesOfFiles(stream: String, name: String) { #expect(RecordFolder.name(of: stream) == name) }

  @Test func longNamesOfFilesAreCut() {
    let names = ["a", "b"].map { RecordFolder.name(of: String(repeating: "ä", count: 300) + $0) }
    #expect(names[0] != names[1])
    #expect(names.allSatisfy { $0.utf8.count < 220 })
  }

  @Test func csvHasAColumnForEachProperty() throws {
    do {
      let folder = try folder(.csv)
      try begin(folder)
      try put(
        #"{"id":1.50,"name":"say \"hi\", all"}"#, #"{"name":null,"id":2,"more":{"a":[1]}}"#, #"{"id":true,"name":""}"#, in: folder
      )
      try keep("a", folder)
      try end(folder)
    }
    let first = """
      id,name,_extra
      1.50,"say ""hi"", all",
      2,,"{""more"":{""a"":[1]}}"
      true,"",

      """
    #expect(text("orders.csv") == first)
    let next = try folder(.csv, continuing: ["orders"])
    // The schema has another order now; the file keeps its own.
    try next.begin(StreamDescriptor(name: "orders"), schema: ["properties": ["name": [:], "age": [:], "id": [:]]])
    try put(#"{"name":"x","age":3,"id":9}"#, in: next)
    try end(next)
    #expect(text("orders.csv") == first + "9,x,\"{\"\"age\"\":3}\"\n")
  }

  /// Cut after the first state, as gzip itself reads it.
  @Test func compressedFilesHaveAMemberForEachState() throws {
    do {
      let folder = try folder(.compressed)
      try begin(folder)
      try put(#"{"id":1}"#, #"{"id":2}"#, in: folder)
      try keep("a", folder)
      try put(#"{"id":3}"#, in: folder)
      try end(folder)
    }
    let next = try folder(.compressed, continuing: ["orders"])
    try begin(next)
    try put(#"{"id":4}"#, in: next)
    try keep("b", next)
    try end(next)
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/bin/sh")
    gzip.arguments = ["-c", "gzip -dc < orders.jsonl.gz > plain"]
    gzip.currentDirectoryURL = place
    try gzip.run()
    gzip.waitUntilExit()
    #expect(text("plain") == "{\"id\":1}\n{\"id\":2}\n{\"id\":4}\n")
  }

  @Test(arguments: [
    ("a,b\n", ["a", "b"]), ("\"a,\"\"b\",c\n", ["a,\"b", "c"]), ("\"\"\"a\"\n", ["\"a"]), ("\"a\nb\",\n", ["a\nb", ""]),
  ]) func firstRows(text: String, cells: [String]) { #expect(CSVForm.firstRow(Array(text.utf8)) == cells) }

  @Test func aRowWithoutAnEndIsNone() { #expect(CSVForm.firstRow(Array("a,b".utf8)) == nil) }
}
