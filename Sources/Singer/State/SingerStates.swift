import AirbyteProtocol
import JSON

/// States of streams as the state of the tap that they came from.
package enum SingerStates {
  /// The tap's state; one without any bookmark where nothing was read.
  package static func value(of state: SourceState) -> JSONObject {
    let value = SingerState.incoming(state, identify: SingerCatalog.identifier(of:), isFresh: { _ in false })
    return value ?? [SingerState.bookmarks: [:]]
  }
}
