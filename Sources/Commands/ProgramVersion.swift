import CExpat
import CLibYAML
import CPCRE2
import CRevision
import CZlib
import COpenSSL
import Engine
import HTTP
import PythonTime

/// What the program is made of.
struct ProgramVersion {
  /// The commit it was built from, as its build says.
  let commit: String
  let platform: String
  let transports: String
  /// Names and versions.
  let libraries: [(name: String, version: String)]

  /// Asks each library for its version, which loads those that are loaded with the first request.
  init() {
    let revision = String(cString: revision_of_program())
    commit = revision.isEmpty ? "unknown" : revision
    platform = Self.system
    transports = TransportKind.available.map(\.rawValue).joined(separator: ", ")
    var pcre = [CChar](repeating: 0, count: 64)
    pcre2_config_8(UInt32(PCRE2_CONFIG_VERSION), &pcre)
    let pcreText = String(decoding: pcre.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    libraries = [
      ("libcurl", Self.curl), ("OpenSSL", String(cString: openssl_version_number())),
      ("zlib", String(cString: zlibVersion())),
      ("PCRE2", String(pcreText.prefix { $0 != " " })), ("libyaml", String(cString: yaml_get_version_string())),
      ("Expat", String(cString: XML_ExpatVersion()).replacing("expat_", with: "")),
      ("tzdata", ZoneBase.carriedVersion),
    ]
  }

  private static var curl: String {
    do throws(CurlLibrary.Missing) { return try CurlLibrary().version } catch { return "not found" }
  }

  private static var system: String {
    #if arch(x86_64)
      let processor = "x86_64"
    #elseif arch(arm64)
      let processor = "arm64"
    #else
      let processor = "another processor"
    #endif
    #if os(Linux)
      return "Linux on \(processor)"
    #elseif os(macOS)
      return "macOS on \(processor)"
    #else
      return "another system on \(processor)"
    #endif
  }

  /// The lines of `--version` behind the first one.
  var lines: [String] {
    [
      "commit: \(commit)", "platform: \(platform)", "transports: \(transports)",
      "libraries: " + libraries.map { "\($0.name) \($0.version)" }.joined(separator: ", "),
    ]
  }

  /// What `--version` prints.
  /// - Parameter first: its first line, which programs read.
  static func text(first: String) -> String {
    // The parser asks for it at each start, and only here for its libraries.
    guard CommandLine.arguments.contains("--version") else { return first }
    return ([first] + ProgramVersion().lines).joined(separator: "\n")
  }
}
