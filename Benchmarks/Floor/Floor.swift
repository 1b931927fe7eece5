import Foundation

/// What is measured beside the product: the least that any program has to do for a workload.
///
///     bench-floor nothing       starts and ends
///     bench-floor fetch LIST    fetches the URLs of a file by URLSession, one after the other, and looks at none of their bytes
///     bench-floor write LIST    parses the files that a file names and writes their records as RECORD lines
@main
struct Floor {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.dropFirst().first) {
    case ("nothing"?, nil): break
    case ("fetch"?, let list?): try await BareFetch().fetch(try lines(of: list))
    case ("write"?, let list?): try BareWrite().write(try lines(of: list))
    default:
      FileHandle.standardError.write(Data("usage: bench-floor nothing | fetch LIST | write LIST\n".utf8))
      exit(64)
    }
  }

  private static func lines(of path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }
}
