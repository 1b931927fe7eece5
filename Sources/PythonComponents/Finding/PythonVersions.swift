import Essentials

extension PythonInterpreter {
  /// What a Python says of itself.
  package struct Versions: Sendable, Equatable {
    /// That of the language, as in `3.11.7`.
    package let language: String
    /// That of airbyte-cdk; nil if it is not installed.
    package let reference: String?
  }

  private static let question = """
    import sys
    from importlib import metadata
    print(".".join(map(str, sys.version_info[:3])))
    try:
        print(metadata.version("airbyte-cdk"))
    except metadata.PackageNotFoundError:
        pass
    """

  /// Runs it, and asks. Nil if it cannot be run, or does not answer.
  package func versions(environment: [String: String]) -> Versions? {
    // A file without a name: whatever the program prints, nobody has to read at the same time.
    guard let answer = tmpfile() else { return nil }
    defer { fclose(answer) }
    let ignored = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard ignored >= 0 else { return nil }
    defer { close(ignored) }
    let descriptors = [ignored, fileno(answer), ignored]
    let arguments = ["-c", Self.question]
    guard let identifier = try? ChildProcess.start(path, arguments, environment: environment, descriptors: descriptors),
      ChildProcess.wait(for: identifier).code == 0
    else { return nil }
    rewind(answer)
    var bytes = [UInt8](repeating: 0, count: 1_000)
    let count = fread(&bytes, 1, bytes.count, answer)
    let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").map { String($0) }
    guard let language = lines.first else { return nil }
    return Versions(language: language, reference: lines.count > 1 ? lines[1] : nil)
  }
}
