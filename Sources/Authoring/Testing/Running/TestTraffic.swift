import ConnectorModel
import Manifest
import Traffic

/// What answers the requests of a test.
package enum TestTraffic: Sendable {
  /// Nothing: a request is an error.
  case nothing
  /// An API that is made up from the manifest.
  case mock(ManifestAPIOptions)
  /// What files and expectations say.
  case stubs(files: [String], expectations: ManifestNode?)
  /// A recording, at its own time and in its own order.
  case replay(String)
  /// Recordings, whatever asks for their answers, and whenever.
  case recordings([String])
  /// The network, by the machine's clock.
  case network(AcceptanceTraffic.Network)
  /// The same, recorded in a file.
  case recorded(to: String, AcceptanceTraffic.Network)
}
