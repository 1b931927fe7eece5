/// Where things are in an image, as in the reference's images of connectors.
package enum ImageLayout {
  package static let program = "/usr/local/bin/airbyte-lowcode"
  package static let workingFolder = "/airbyte/integration_code"
  package static let manifestFolder = "\(workingFolder)/source_declarative_manifest"
  package static let manifest = "\(manifestFolder)/\(Package.manifestPath)"
  package static let user = 1000
  /// The folder of a Python for custom components, and its program.
  package static let python = "/opt/airbyte-lowcode/python"
  static let interpreter = "\(python)/bin/python3"
  static let certificates = "/etc/ssl/certs/ca-certificates.crt"

  /// The words before a command's own in the entrypoints of the reference's images. A Dockerfile that sets one of these works on
  /// the image as it is, since the words name this program too.
  static let otherNames = ["ddtrace-run", "python"]
  static let script = "\(workingFolder)/main.py"

  /// The arguments of a command, however the program was called: by itself, or by the reference's entrypoint.
  package static func arguments(_ words: [String]) -> [String] {
    var words = words[...]
    guard let program = words.popFirst() else { return [] }
    let name = HostPath.name(of: program)
    guard otherNames.contains(name) else { return Array(words) }
    if name == otherNames[0], words.first == otherNames[1] { words.removeFirst() }
    if words.first == script { words.removeFirst() }
    return Array(words)
  }
}
