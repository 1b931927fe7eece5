import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a command writes: a file that appears under its name when it is complete, or a pipe or device that is written directly.
final class OutputFile {
  private enum Target {
    case file(AtomicFile)
    case through(Descriptor)
  }

  private let place: OutputPlace
  private let target: Target
  /// Bytes.
  private(set) var count = 0

  /// - Throws: ``PackagingError`` if nothing can be written there, or what is there is an input.
  init(_ place: OutputPlace, mode: mode_t) throws(PackagingError) {
    self.place = place
    if let descriptor = try place.openThrough() {
      target = .through(descriptor)
    } else {
      do { target = .file(try AtomicFile(path: place.path, permissions: .fixed(mode))) } catch { throw place.failure(error) }
    }
  }

  func write(_ bytes: [UInt8]) throws(PackagingError) {
    do throws(FileError) {
      switch target {
      case .file(let file): try file.write(bytes)
      case .through(let descriptor): try descriptor.write(bytes)
      }
    } catch { throw place.failure(error) }
    count += bytes.count
  }

  /// Puts the whole file under its name.
  func finish() throws(PackagingError) {
    guard case .file(let file) = target else { return }
    do { try file.putInPlace() } catch { throw place.failure(error) }
  }
}
