import AirbyteProtocol
import JSON
import Jinja

/// Notices pages that would come for ever: a page that was asked for with a token, and gives the same token again.
///
/// A token that is the address of the next page settles it at once. Any other may stand for a place that moves on the server (a
/// scroll), so it counts only when it brought the same records as before, too.
struct RepeatedPages {
  private let streamName: String
  private var last: (token: Value, records: [JSONObject])?

  init(streamName: String) { self.streamName = streamName }

  /// Takes in the page that was asked for with `token`.
  /// - Throws: ``ConnectorError`` that names stream, partition and token, where the next page would be this one again.
  mutating func check(_ records: [Record], token: PageToken?, next: PageToken, isAddress: Bool, slice: StreamSlice) throws {
    guard let token, token.value.pythonRepr == next.value.pythonRepr else {
      last = nil
      return
    }
    let objects = records.map(\.object)
    if isAddress || (last.map { $0.token.pythonRepr == token.value.pythonRepr && $0.records == objects } ?? false) {
      throw ConnectorError(
        .transient,
        "The pages of stream `\(streamName)` do not end: in the partition \(JSONValue.object(slice.merged).jsonText) the page token "
          + "`\(token.value.pythonString)` gave the same token again.")
    }
    last = (token.value, objects)
  }
}

extension Value {
  /// The kind and the text of the value, so that `1` and `"1"` differ.
  fileprivate var pythonRepr: String { text.map { "'\($0)'" } ?? pythonString }
}
