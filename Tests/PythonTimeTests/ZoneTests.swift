import Foundation
import Testing

@testable import PythonTime

/// Compares with what Python's zoneinfo says from the same data; `Fixtures/record_zones.py` says how it was recorded.
@Suite struct ZoneTests {
  /// Without files of the system.
  private static let carried = ZoneBase(folders: [])

  private static func moment(_ seconds: Int) throws -> PyDateTime {
    try PyDateTime(epochMicroseconds: Int128(seconds) * 1_000_000, tz: .utc)
  }

  private static func offset(_ zone: NamedTimeZone, _ seconds: Int) throws -> Int {
    let offset = zone.offset(at: try moment(seconds))
    return offset.days * 86_400 + offset.seconds
  }

  @Test func allZonesAreAsInPython() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/zones.tsv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    let moments = lines[0].dropFirst().compactMap { Int($0) }
    #expect(moments.count == 28 && lines.count > 590)
    for line in lines.dropFirst() {
      let name = String(line[0])
      let zone = try NamedTimeZone(name, in: Self.carried)
      let expected = line[1...moments.count].compactMap { Int($0) }
      #expect(try moments.map { try Self.offset(zone, $0) } == expected, "\(name)")
      for pair in line[(moments.count + 1)...] {
        let parts = pair.split(separator: ":").compactMap { Int($0) }
        #expect(try Self.offset(zone, parts[0]) == parts[1], "\(name) at \(parts[0])")
      }
    }
  }

  @Test(arguments: ["europe/berlin", "EUROPE/BERLIN", "utc", "Utc", "est5edt", "GB-eire", "etc/gmt+12"])
  func namesAreFoundWhateverTheirCase(name: String) throws {
    _ = try NamedTimeZone(name, in: Self.carried)
    _ = try NamedTimeZone(name)
  }

  @Test(arguments: [
    "", "Nope/Nowhere", "Berlin", "posix/Europe/Berlin", "right/UTC", "localtime", "Factory", "../zoneinfo/UTC", "/etc/passwd",
    "Europe/",
    "Europe/../UTC", "Europe", "Europe//Berlin", "Eur\u{0}/x", "tzdata.zi",
  ])
  func otherNamesAreUnknown(name: String) {
    #expect(throws: PythonTimeError.self) { try NamedTimeZone(name) }
  }

  @Test func aFileOfTheSystemComesFirst() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder.appending(path: "Europe"), withIntermediateDirectories: true)
    let rule = "XXX-5YYY,J60/0,J300/25:30"
    try Data(Self.file(rule: rule)).write(to: folder.appending(path: "Europe/Berlin"))
    try Data(Self.file(rule: "NEW4")).write(to: folder.appending(path: "Europe/Newtown"))
    try Data("TZif".utf8).write(to: folder.appending(path: "Europe/Paris"))
    let base = ZoneBase(folders: [folder.path])
    #expect(try Self.offset(NamedTimeZone("europe/berlin", in: base), 1_767_225_600) == 18_000)
    // 1 March 2028 is day 60, 29 February not counted.
    let start = 1_835_481_600 - 18_000
    #expect(try Self.offset(NamedTimeZone("Europe/Berlin", in: base), start - 1) == 18_000)
    #expect(try Self.offset(NamedTimeZone("Europe/Berlin", in: base), start) == 21_600)
    // One that was not known when the table was made, and one whose file is broken.
    #expect(try Self.offset(NamedTimeZone("Europe/Newtown", in: base), 0) == -14_400)
    #expect(try Self.offset(NamedTimeZone("Europe/Paris", in: base), 1_767_225_600) == 3600)
  }

  @Test(arguments: [
    "", "X", "CET", "CET-1CEST", "CET-1CEST,", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
    "CET-1CEST,J0,J365", "CET-1CEST,J1,366", "CET-168", "CET-1:60", "<CET-1", "CET-1CEST,M3.5.0,M10.5.0x",
    "CET-99999999999999999999",
  ])
  func whatIsNoRuleIsRefused(rule: String) { #expect(ZoneRule(Array(rule.utf8)[...]) == nil) }

  @Test func brokenFilesAreRefused() {
    let whole = Self.file(rule: "CET-1CEST,M3.5.0,M10.5.0/3")
    #expect(ZoneRules(file: whole) != nil)
    for count in 0..<whole.count { #expect(ZoneRules(file: Array(whole[..<count])) == nil, "\(count)") }
    // Numbers in the header that the file does not keep.
    for place in 20..<44 {
      var file = whole
      file[place] = 0x7F
      _ = ZoneRules(file: file)
      file[place] = 0xFF
      _ = ZoneRules(file: file)
    }
  }

  /// A file with one type, no change, and a rule.
  private static func file(rule: String) -> [UInt8] {
    let header = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
    let counts: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]
    let block = header + counts + [0, 0, 0, 0, 0, 0] + Array("UTC\0".utf8)
    return block + block + Array("\n\(rule)\n".utf8)
  }
}
