import Bytes

/// The layer that all connectors share: the program with the libraries and files of this system that it needs to run alone.
struct RuntimeTree {
  private(set) var tree: ImageTree
  /// Where the loader has to look for libraries; empty if it finds them all by itself.
  private(set) var libraryPath: [String] = []

  /// What the platform's scripts around a connector and the Dockerfiles of connectors call.
  private static let tools = ["sh", "cat", "chmod", "cp", "echo", "ls", "mkdir", "mkfifo", "mv", "rm", "sleep", "tee", "touch"]
  /// Libraries that are loaded while the program runs: names of hosts, the end of threads.
  private static let lateLibraries = ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2", "libgcc_s.so.1"]
  private static let bundles = [
    ImageLayout.certificates, "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
  ]

  /// - Throws: ``PackagingError`` if this system lacks something.
  init(_ runtime: SealedExecutable) throws(PackagingError) {
    guard try runtime.machine() == Architecture.current.machine else {
      throw PackagingError("\(runtime.path) is for another processor than this system, whose libraries the image needs")
    }
    var links: [String: String] = [:]
    for name in ["bin", "sbin", "lib", "lib64"] {
      if let target = FilePlace.link(at: "/\(name)") { links[name] = String(target.drop { $0 == "/" }) }
    }
    tree = ImageTree(rootLinks: links)
    addAccount()
    try addProgram(runtime)
    guard let bundle = Self.bundles.first(where: { HostPath.kind(of: $0) == .file }) else {
      throw PackagingError("This system has no CA certificates for the image to carry: install `ca-certificates`")
    }
    tree.add(ImageLayout.certificates, .host(path: bundle), mode: 0o644)
    addFolderOfHost("/usr/share/zoneinfo")
  }

  /// The user, and the folders that belong to it.
  private mutating func addAccount() {
    let user = ImageLayout.user
    tree.addText("/etc/passwd", "root:x:0:0:root:/:/bin/sh\nairbyte:x:\(user):\(user):airbyte:/airbyte:/bin/sh\n")
    tree.addText("/etc/group", "root:x:0:\nairbyte:x:\(user):\n")
    tree.addText("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n")
    tree.addFolder("/tmp", mode: 0o1777)
    for folder in ["/airbyte", ImageLayout.workingFolder, ImageLayout.manifestFolder] { tree.addFolder(folder, owner: user) }
  }

  private mutating func addProgram(_ runtime: SealedExecutable) throws(PackagingError) {
    tree.add(ImageLayout.program, .program(runtime), mode: 0o755)
    for name in ImageLayout.otherNames {
      tree.add("/usr/local/bin/\(name)", .link(to: HostPath.name(of: ImageLayout.program)), mode: 0o777)
    }
    var programs = [runtime.path]
    for name in Self.tools {
      guard let path = ["/bin/\(name)", "/usr/bin/\(name)"].first(where: { HostPath.kind(of: $0) == .file }) else { continue }
      tree.add("/bin/\(name)", .host(path: path), mode: 0o755)
      programs.append(path)
    }
    let search = LibrarySearch()
    var libraries = try search.closure(of: programs)
    if let system = libraries.first(where: { HostPath.name(of: $0.path) == "libc.so.6" }) {
      let folder = HostPath.folder(of: system.path)
      let late = (Self.lateLibraries + (try Self.librariesOfRequests(runtime))).map { "\(folder)/\($0)" }.filter {
        HostPath.kind(of: $0) == .file
      }
      libraries += late.map { LibrarySearch.Library(path: $0, isInPlace: true) } + (try search.closure(of: late))
      // Character sets of responses that only the system knows.
      addFolderOfHost("\(folder)/gconv")
    }
    for library in libraries {
      // The file under the name that it is asked for; a link here becomes a file there.
      tree.add(library.path, .host(path: library.path), mode: 0o755)
      let folder = HostPath.folder(of: library.path)
      if !library.isInPlace, !libraryPath.contains(folder) { libraryPath.append(folder) }
    }
  }

  /// What the program loads with the first request: libcurl, which is part of a program that has libcrypto in it too.
  private static func librariesOfRequests(_ runtime: SealedExecutable) throws(PackagingError) -> [String] {
    try runtime.libraries.contains { $0.hasPrefix("libcrypto.") } ? ["libcurl.so.4"] : []
  }

  /// A folder of this system with all that is in it, links as links; nothing if there is none.
  private mutating func addFolderOfHost(_ folder: String) {
    for name in HostPath.names(in: folder) {
      let path = "\(folder)/\(name)"
      if let target = FilePlace.link(at: path), !target.hasPrefix("/") {
        tree.add(path, .link(to: target), mode: 0o777)
      } else {
        switch HostPath.kind(of: path) {
        case .folder?: addFolderOfHost(path)
        case .file?: tree.add(path, .host(path: path), mode: 0o644)
        default: break
        }
      }
    }
  }
}
