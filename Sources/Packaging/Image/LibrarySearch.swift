import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Finds the libraries that a program needs, as the system's loader does (ld.so(8)), `LD_LIBRARY_PATH` and caches apart.
struct LibrarySearch {
  struct Library: Equatable {
    /// Where it was found; this may be a symbolic link.
    let path: String
    /// Whether the loader looks there by itself.
    let isInPlace: Bool
  }

  /// The folders that every loader knows: those of `/etc/ld.so.conf` depend on a cache.
  private let standard: [String]
  private let configured: [String]

  /// - Parameter architecture: as in `x86_64-linux-gnu`, the name of Debian's folders.
  init(architecture: String = Architecture.current.folder) {
    standard = ["/lib/\(architecture)", "/usr/lib/\(architecture)", "/lib64", "/usr/lib64", "/lib", "/usr/lib"]
    configured = Self.configuredFolders(in: "/etc/ld.so.conf")
  }

  init(standard: [String], configuration: String) {
    self.standard = standard
    configured = Self.configuredFolders(in: configuration)
  }

  /// All libraries that the files at `paths` need, and those that these need, with what loads them; sorted by path.
  /// - Throws: ``PackagingError`` if one is not found.
  func closure(of paths: [String]) throws(PackagingError) -> [Library] {
    var found: [String: Library] = [:]
    var rest = paths
    while let path = rest.popLast() {
      let file = try ELFFile(InputBytes(path: path))
      if let loader = file.interpreter, found[loader] == nil { found[loader] = Library(path: loader, isInPlace: true) }
      for name in file.needed {
        let library = try locate(name, for: path, file)
        guard found[library.path] == nil else { continue }
        found[library.path] = library
        rest.append(library.path)
      }
    }
    return found.values.sorted { $0.path < $1.path }
  }

  private func locate(_ name: String, for path: String, _ file: ELFFile) throws(PackagingError) -> Library {
    if name.contains("/") { return Library(path: name, isInPlace: true) }
    // The loader uses the location of a file, not of the link that led there.
    let origin = HostPath.folder(of: FilePlace.real(path) ?? path)
    let own = file.searchPath.map { folder in
      HostPath.plain(["$ORIGIN", "${ORIGIN}"].reduce(folder) { Self.replacing($1, with: origin, in: $0) })
    }
    for (folders, isInPlace) in [(own, true), (standard, true), (configured, false)] {
      for folder in folders where HostPath.kind(of: "\(folder)/\(name)") == .file {
        return Library(path: "\(folder)/\(name)", isInPlace: isInPlace)
      }
    }
    throw PackagingError("The library \(name), which \(path) needs, is not among this system's libraries")
  }

  private static func replacing(_ variable: String, with folder: String, in text: String) -> String {
    guard text.hasPrefix(variable) else { return text }
    return folder + text.dropFirst(variable.count)
  }

  /// The folders of a loader's configuration and of the files that it includes.
  private static func configuredFolders(in path: String) -> [String] {
    guard let bytes = try? HostPath.bytes(at: path) else { return [] }
    var folders: [String] = []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map { String($0) }
      if words.first == "include" {
        for pattern in words.dropFirst() { folders += matches(pattern).flatMap { configuredFolders(in: $0) } }
      } else {
        folders += words
      }
    }
    return folders
  }

  private static func matches(_ pattern: String) -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, 0, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { index in result.gl_pathv[index].map { String(cString: $0) } }
  }
}
