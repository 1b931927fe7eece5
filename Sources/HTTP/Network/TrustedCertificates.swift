import Essentials

/// The certificates that decide which servers are trusted.
package struct TrustedCertificates: Sendable {
  /// The file or folder that they are in; nil where the system keeps them.
  package let path: String?
  /// The environment variable that names it; nil if none does.
  package let variable: String?
  /// How many certificates are there, or files of a folder; nil if that is the system's matter.
  package let count: Int?

  /// Finds them as requests do.
  /// - Parameter library: what carries the requests; nil for the system's own way.
  package init(environment: [String: String], library: CurlLibrary?) {
    let settings = NetworkSettings(environment)
    if let bundle = settings.bundlePath {
      path = bundle
      variable = NetworkSettings.bundleVariables.first { environment[$0] == bundle }
      count = Self.count(at: bundle)
    } else if let library {
      variable = nil
      let file = library.certificateFile.flatMap { path in Self.count(at: path).map { (path, $0) } }
      let folder = library.certificateFolder.flatMap { path in Self.count(at: path).map { (path, $0) } }
      let found = [file, folder].lazy.compactMap { $0 }.first { $0.1 > 0 }
      path = found?.0 ?? library.certificateFile ?? library.certificateFolder
      count = found?.1 ?? 0
    } else {
      (path, variable, count) = (nil, nil, nil)
    }
  }

  /// How many certificates a file has, or files a folder; nil if there is neither.
  private static func count(at path: String) -> Int? {
    if let names = try? FileManager.default.contentsOfDirectory(atPath: path) { return names.count }
    guard let text = FileManager.default.contents(atPath: path) else { return nil }
    return text.split(separator: UInt8(ascii: "\n")).count { $0.starts(with: Self.beginning) }
  }

  private static let beginning = Array("-----BEGIN ".utf8)
}
