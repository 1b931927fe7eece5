/// The files of a layer: the folders above them are added, and everything is sorted by path.
struct ImageTree {
  enum Content {
    case folder
    case link(to: String)
    case bytes([UInt8])
    /// A file of the running system.
    case host(path: String)
    /// The program without what it may carry.
    case program(SealedExecutable)
  }

  struct Entry {
    var content: Content
    var mode: Int
    /// The number of user and group.
    var owner = 0
  }

  /// By path, without a slash at the beginning.
  private(set) var entries: [String: Entry] = [:]
  /// Links at the root in whose place their targets are written: `lib` to `usr/lib`.
  let rootLinks: [String: String]

  init(rootLinks: [String: String] = [:]) {
    self.rootLinks = rootLinks
  }

  mutating func add(_ path: String, _ content: Content, mode: Int, owner: Int = 0) {
    let (parts, link) = steps(to: path)
    if let link, entries[link.name] == nil { entries[link.name] = Entry(content: .link(to: link.target), mode: 0o777) }
    for count in 1..<max(1, parts.count) {
      let folder = parts[..<count].joined(separator: "/")
      if entries[folder] == nil { entries[folder] = Entry(content: .folder, mode: 0o755) }
    }
    entries[parts.joined(separator: "/")] = Entry(content: content, mode: mode, owner: owner)
  }

  /// Whether there is something at a path, by whichever name its folder has.
  func has(_ path: String) -> Bool { entries[steps(to: path).parts.joined(separator: "/")] != nil }

  /// The names on the way to a path, and the link at the root that was on it.
  private func steps(to path: String) -> (parts: [String], link: (name: String, target: String)?) {
    var parts = path.split(separator: "/").map { String($0) }
    guard let first = parts.first, parts.count > 1, let target = rootLinks[first] else { return (parts, nil) }
    parts.replaceSubrange(0...0, with: target.split(separator: "/").map { String($0) })
    return (parts, (first, target))
  }

  mutating func addFolder(_ path: String, mode: Int = 0o755, owner: Int = 0) { add(path, .folder, mode: mode, owner: owner) }

  mutating func addText(_ path: String, _ text: String, owner: Int = 0) {
    add(path, .bytes(Array(text.utf8)), mode: 0o644, owner: owner)
  }

  /// The paths of the running system whose files are in the tree.
  var hostPaths: [String] {
    entries.values.compactMap { entry in
      switch entry.content {
      case .host(let path): path
      case .program(let executable): executable.path
      case .folder, .link, .bytes: nil
      }
    }
  }

  /// The tree as a tar, piece by piece.
  func writeTar(to write: ([UInt8]) throws -> Void) throws {
    for (path, entry) in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      var header = TarHeader(path: path, mode: entry.mode, owner: entry.owner)
      switch entry.content {
      case .folder:
        header.path += "/"
        header.kind = .folder
        try write(header.bytes)
      case .link(let target):
        header.kind = .link(to: target)
        try write(header.bytes)
      case .bytes(let bytes):
        header.count = bytes.count
        try write(header.bytes + bytes + TarHeader.padding(after: bytes.count))
      case .host(let path):
        let file = try InputBytes(path: path)
        header.count = file.count
        try write(header.bytes)
        try file.forEachPiece(of: 0..<header.count) { _, piece in try write(piece) }
        try write(TarHeader.padding(after: header.count))
      case .program(let executable):
        header.count = executable.runtimeCount
        try write(header.bytes)
        try executable.forEachPieceOfRuntime(write)
        try write(TarHeader.padding(after: header.count))
      }
    }
    try write(TarHeader.end)
  }
}
