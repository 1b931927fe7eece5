import Bytes
import Essentials

/// A data base of time zones: files of the system, as Python's `zoneinfo` looks for them, and for what these lack, what the program
/// carries along.
package struct ZoneBase: Sendable {
  private let folders: [String]

  /// - Parameter folders: where there may be files of zones; the first that has a zone counts.
  package init(folders: [String]) { self.folders = folders }

  /// That of this machine: in the folder that `TZDIR` names, or in the system's.
  package static let standard = ZoneBase(
    folders: [getenv("TZDIR").map { String(cString: $0) }].compactMap { $0 } + [
      "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo",
    ])

  /// The version of the zones that the program carries along, as in `2026f`.
  package static var carriedVersion: String { CarriedZones.all.version }

  /// The rules of a zone, whatever the case of its name; nil for a name that is none.
  func rules(of name: String) -> ZoneRules? {
    let carried = CarriedZones.all.zone(name.lowercased())
    guard let name = carried?.name ?? (Self.mayBeNewer(name) ? name : nil) else { return nil }
    for folder in folders {
      // The largest have 4 kB.
      guard let bytes = try? Descriptor(file: "\(folder)/\(name)").read(upTo: 1 << 16), let rules = ZoneRules(file: bytes) else {
        continue
      }
      return rules
    }
    return carried?.rules
  }

  /// Whether the system may have a zone of this name that was not known yet when the program was made.
  private static func mayBeNewer(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0] != "posix", parts[0] != "right" else { return false }
    return parts.allSatisfy { part in
      !part.isEmpty
        && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "+-_".utf8.contains($0) }
    }
  }
}

/// The zones that the program carries along.
private struct CarriedZones {
  static let all = CarriedZones(CarriedTable.zones.bytes)

  let version: String
  private let contents: [ArraySlice<UInt8>]
  /// By their names in small letters.
  private let zones: [String: (name: String, number: Int)]

  init(_ table: [UInt8]) {
    var rest = table[...]
    func text() -> String {
      let text = rest.prefix { $0 != 0 }
      rest = rest.dropFirst(text.count + 1)
      return String(decoding: text, as: UTF8.self)
    }
    version = text()
    var zones: [String: (name: String, number: Int)] = [:]
    while case let name = text(), !name.isEmpty { zones[name.lowercased()] = (name, Int(text()) ?? 0) }
    self.zones = zones
    var contents: [ArraySlice<UInt8>] = []
    while rest.count >= 4 {
      let size = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      contents.append(rest.dropFirst(4).prefix(size))
      rest = rest.dropFirst(4 + size)
    }
    self.contents = contents
  }

  func zone(_ name: String) -> (name: String, rules: ZoneRules?)? {
    guard let (name, number) = zones[name] else { return nil }
    return (name, contents.indices.contains(number) ? ZoneRules(data: contents[number]) : nil)
  }
}
