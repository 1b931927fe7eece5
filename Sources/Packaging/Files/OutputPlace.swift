import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a command should write, by `-o` or by default, and what it reads for that.
package struct OutputPlace: Sendable {
  /// `-` is standard output.
  package let path: String
  /// The descriptor of standard output; negative where it is closed.
  private let standardOutput: Int32
  private var inputs: [FileIdentity: String] = [:]

  package init(_ path: String, standardOutput: Int32 = STDOUT_FILENO) {
    self.path = path
    self.standardOutput = standardOutput
  }

  package var isStandardOutput: Bool { path == "-" }
  /// What errors call it.
  package var name: String { isStandardOutput ? "Standard output" : path }

  /// Takes note of a file that is read: writing over it would destroy it, by whatever name.
  /// - Parameter role: as in "the manifest".
  package mutating func protect(_ path: String, as role: String) {
    if let identity = FileIdentity(path: path), inputs[identity] == nil { inputs[identity] = role }
  }

  /// The same for another path, one in a folder of an output.
  func at(_ path: String) -> OutputPlace {
    var place = OutputPlace(path, standardOutput: standardOutput)
    place.inputs = inputs
    return place
  }

  /// Whether what is at the path is among the inputs.
  var isInput: Bool { FileIdentity(path: path).map { inputs[$0] != nil } ?? false }

  /// - Throws: ``PackagingError`` if what is there is an input; pipes and terminals may be both.
  func refuseInput(_ status: stat) throws(PackagingError) {
    guard [S_IFREG, S_IFBLK].contains(status.st_mode & S_IFMT), let role = inputs[FileIdentity(status)] else { return }
    throw PackagingError("\(name) is \(role), which is read; the output should be another file")
  }

  /// Refuses, before anything is made to be written, what would be refused when it is.
  /// - Throws: ``PackagingError``.
  package func check(isFolder: Bool = false) throws(PackagingError) {
    if isFolder, isStandardOutput {
      throw PackagingError("A folder cannot be written to standard output: leave out --layout, or name a folder")
    }
    var status = stat()
    if !isStandardOutput, stat(path, &status) == 0 { try refuseInput(status) }
  }

  /// Opens what is written through: standard output, another descriptor, a device or a pipe; nil for a file that is replaced.
  func openThrough() throws(PackagingError) -> Descriptor? {
    var status = stat()
    if isStandardOutput {
      guard fstat(standardOutput, &status) == 0 else { throw PackagingError("Standard output is closed") }
      return try opened(dup(standardOutput))
    }
    guard stat(path, &status) == 0 else { return nil }
    if status.st_mode & S_IFMT == S_IFDIR { throw PackagingError("\(path) is a folder; the output should be a file") }
    try refuseInput(status)
    let place: FilePlace
    do { place = try FilePlace(of: path) } catch { throw failure(error) }
    if let number = place.descriptor { return try opened(dup(number)) }
    // Where its links lead elsewhere than they read, as those to descriptors of other processes, the file has no other name.
    let isNamed = FileIdentity(path: place.path) == FileIdentity(status)
    if isNamed, status.st_mode & S_IFMT == S_IFREG { return nil }
    return try opened(open(path, O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC))
  }

  private func opened(_ number: Int32) throws(PackagingError) -> Descriptor {
    let status: stat
    let descriptor: Descriptor
    do {
      descriptor = try Descriptor(number)
      status = try descriptor.status()
    } catch { throw failure(error) }
    // A number that was closed at the start may have gone to something of the system's that is not a file.
    guard status.st_mode & S_IFMT != 0 else { throw failure(.system(EBADF)) }
    try refuseInput(status)
    guard isatty(descriptor.number) == 0 else {
      throw PackagingError("\(name) is a terminal, but the output is not text: write it to a file or a pipe")
    }
    return descriptor
  }

  func failure(_ error: FileError) -> PackagingError { PackagingError("\(name) cannot be written: \(error)") }
}
