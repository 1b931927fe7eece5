import Bytes

/// The layer of a Python for custom components, with the libraries of this system that it needs.
struct PythonTree {
  private(set) var tree = ImageTree()
  /// Where the loader has to look for libraries besides those of the layer below.
  private(set) var libraryPath: [String] = []
  /// The sum of its files.
  private(set) var byteCount = 0

  /// - Parameters:
  ///   - folder: a Python that can be moved, with its `bin` and `lib`.
  ///   - root: the layer below, whose files are not needed twice.
  /// - Throws: ``PackagingError`` if a library is missing.
  init(_ folder: String, besides root: RuntimeTree) throws(PackagingError) {
    tree = ImageTree(rootLinks: root.tree.rootLinks)
    var programs: [String] = []
    try add(folder, at: ImageLayout.python, &programs)
    for library in try LibrarySearch().closure(of: programs) where !library.path.hasPrefix("\(folder)/") {
      if root.tree.has(library.path) { continue }
      let own = "lib/\(HostPath.name(of: library.path))"
      if HostPath.kind(of: "\(folder)/\(own)") == .file {
        // The program was built to find it where it was.
        tree.add(library.path, .link(to: "\(ImageLayout.python)/\(own)"), mode: 0o777)
      } else {
        try addFile(library.path, at: library.path, mode: 0o755)
      }
      let place = HostPath.folder(of: library.path)
      if !library.isInPlace, !(root.libraryPath + libraryPath).contains(place) { libraryPath.append(place) }
    }
  }

  /// Adds what is in a folder, and takes note of what is linked to libraries.
  private mutating func add(_ folder: String, at target: String, _ programs: inout [String]) throws(PackagingError) {
    for name in HostPath.names(in: folder) {
      let (path, place) = ("\(folder)/\(name)", "\(target)/\(name)")
      if let link = FilePlace.link(at: path) {
        tree.add(place, .link(to: link), mode: 0o777)
      } else if HostPath.kind(of: path) == .folder {
        try add(path, at: place, &programs)
      } else {
        let isProgram = HostPath.name(of: folder) == "bin" || name.contains(".so")
        if isProgram { programs.append(path) }
        try addFile(path, at: place, mode: isProgram ? 0o755 : 0o644)
      }
    }
  }

  private mutating func addFile(_ path: String, at place: String, mode: Int) throws(PackagingError) {
    tree.add(place, .host(path: path), mode: mode)
    byteCount += try InputBytes(path: path).count
  }
}
