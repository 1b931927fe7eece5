/// The block before a file in a tar (POSIX.1-2017, pax): without a time, so that the same files give the same bytes.
struct TarHeader {
  enum Kind: Equatable { case file, folder, link(to: String) }

  var path: String
  var mode: Int
  var owner = 0
  var count = 0
  var kind = Kind.file

  init(path: String, mode: Int, owner: Int = 0, count: Int = 0) {
    self.path = path
    self.mode = mode
    self.owner = owner
    self.count = count
  }

  static let end = [UInt8](repeating: 0, count: 1024)

  /// What fills the last block of a file.
  static func padding(after count: Int) -> [UInt8] { [UInt8](repeating: 0, count: (512 - count % 512) % 512) }

  /// The block, after one with the names and sizes that do not fit into it.
  var bytes: [UInt8] {
    var extended: [UInt8] = []
    if path.utf8.count > 100 { extended += Self.record("path", path) }
    if case .link(let target) = kind, target.utf8.count > 100 { extended += Self.record("linkpath", target) }
    if count > 0o77_777_777_777 { extended += Self.record("size", "\(count)") }
    guard !extended.isEmpty else { return block(name: path, typeflag: flag, count: count) }
    return block(name: "pax", typeflag: "x", count: extended.count) + extended + Self.padding(after: extended.count)
      + block(name: path, typeflag: flag, count: count)
  }

  private var flag: Unicode.Scalar {
    switch kind {
    case .file: "0"
    case .link: "2"
    case .folder: "5"
    }
  }

  private func block(name: String, typeflag: Unicode.Scalar, count: Int) -> [UInt8] {
    var block: [UInt8] = []
    func text(_ text: String, _ width: Int) { block += Array(text.utf8.prefix(width)) + Self.zeros(width - text.utf8.count) }
    func octal(_ number: Int, _ width: Int) {
      let digits = String(number, radix: 8).suffix(width - 1)
      text(String(repeating: "0", count: width - 1 - digits.count) + digits, width)
    }
    text(name, 100)
    octal(mode, 8)
    octal(owner, 8)
    octal(owner, 8)
    octal(count, 12)
    octal(0, 12)
    text("        ", 8)
    block.append(UInt8(ascii: typeflag))
    if case .link(let target) = kind { text(target, 100) } else { text("", 100) }
    text("ustar", 6)
    text("00", 2)
    // No names of user and group: the numbers count. No devices either.
    block += Self.zeros(32 + 32)
    octal(0, 8)
    octal(0, 8)
    block += Self.zeros(155 + 12)
    let sum = block.reduce(0) { $0 + Int($1) }
    let digits = String(sum, radix: 8)
    block.replaceSubrange(148..<156, with: Array("\(String(repeating: "0", count: 6 - digits.count))\(digits)\0 ".utf8))
    return block
  }

  /// `length key=value\n`, where the length counts its own digits.
  private static func record(_ key: String, _ value: String) -> [UInt8] {
    let rest = " \(key)=\(value)\n"
    var count = rest.utf8.count
    while "\(count)".utf8.count + rest.utf8.count != count { count = "\(count)".utf8.count + rest.utf8.count }
    return Array("\(count)\(rest)".utf8)
  }

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: max(0, count)) }
}
