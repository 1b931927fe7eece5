import CSeal
import Foundation

/// `/bin/true` with the mark that this project's program has: an executable that can be packaged.
enum Runtime {
  /// Writes it into the scratch folder.
  static func write(in scratch: Scratch, as name: String = "runtime") throws -> String {
    let path = try scratch.write(name, bytes(markedBy: CSEAL_MARK))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  /// The program with a further section of a mark and the size 0, and a new table of sections at the end.
  static func bytes(markedBy mark: String, section: String = CSEAL_SECTION) throws -> [UInt8] {
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "/bin/true")))
    func number(_ place: Int, _ count: Int) -> Int { bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) } }
    let (start, count, namesIndex) = (number(40, 8), number(60, 2), number(62, 2))
    var table = Array(bytes[start..<start + 64 * count])
    func field(_ index: Int, _ place: Int) -> Int {
      table[64 * index + place..<64 * index + place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let names = Array(bytes[field(namesIndex, 24)..<field(namesIndex, 24) + field(namesIndex, 32)])
    func little(_ number: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

    let newNames = names + Array(section.utf8) + [0]
    let markPlace = bytes.count
    bytes += Array(mark.utf8) + little(0, 8)
    let namesPlace = bytes.count
    bytes += newNames + [UInt8](repeating: 0, count: 8 - (bytes.count + newNames.count) % 8)
    table.replaceSubrange(64 * namesIndex + 24..<64 * namesIndex + 40, with: little(namesPlace, 8) + little(newNames.count, 8))
    table += little(names.count, 4) + little(1, 4) + little(0, 8) + little(0, 8) + little(markPlace, 8)
    table += little(mark.utf8.count + 8, 8) + little(0, 8) + little(8, 8) + little(0, 8)
    bytes.replaceSubrange(40..<48, with: little(bytes.count, 8))
    bytes.replaceSubrange(60..<62, with: little(count + 1, 2))
    return bytes + table
  }
}
