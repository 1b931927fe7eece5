import JSON
import Manifest

/// The first tests of a connector that has none: a check, and a read of each stream, against an API that is made up from the manifest.
package enum TestFileStarter {
  package static func text(for connector: TestedConnector) -> String {
    var lines = [
      "# Tests of this connector, which `airbyte-lowcode test` runs. They say what was seen when they were written:",
      "# what is wrong with that has to be mended by hand.",
      "defaults:", "  traffic: mock", "", "tests:",
    ]
    if connector.manifest.check != nil { lines += ["  - name: the connection works", "    command: check"] }
    for stream in connector.manifest.streams {
      guard let name = stream["name"]?.string else { continue }
      lines += ["", "  - name: " + YAMLText.scalar("reads \(name)", isFlow: false)]
      lines.append("    streams: [\(YAMLText.scalar(name, isFlow: true))]")
    }
    if connector.manifest.streams.isEmpty { lines += ["", "  - name: reads all streams"] }
    return lines.joined(separator: "\n") + "\n"
  }
}
