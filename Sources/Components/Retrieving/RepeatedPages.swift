import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja

/// Notices pages that would come forever: the same ones in the same order, round after round.
///
/// One repeated page means nothing: its token may name a place that moves on the server (a scroll, a queue), and a queue
/// may hold equal messages. So the pages of equal rounds are counted. What is compared is what the API sent, before a filter, a
/// cursor or a transformation sees it.
///
/// As in Brent's way to find a cycle, one page at a time is remembered, for twice as long as the one before: a round of any length
/// is found in constant memory. All records of a page are hashed only once that page's place came again.
struct RepeatedPages {
  /// How many pages in a row may repeat earlier ones, as the environment has it.
  /// - Throws: ``ConnectorError`` if its variable cannot be read.
  static func limit(_ environment: [String: String]) throws(ConnectorError) -> Limit {
    var limit = Limit(value: 100, variable: "AIRBYTE_LOWCODE_REPEATED_PAGES")
    try limit.read(environment)
    return limit
  }

  /// Pages from one occurrence of the remembered page to the next.
  private struct Round: Equatable {
    var digest = Fingerprint()
    var pages = 0
    var areEmpty = true
  }

  private let streamName: String
  /// Whether the token is counted on this side: then a page's place is what it begins with, else it is the token.
  private let tokensAreCounted: Bool
  private let limit: Limit

  // The page that is being read.
  private var place: Fingerprint?
  private var content = Fingerprint()
  private var isEmpty = true

  // The remembered page, and what was seen since it came.
  private var remembered: (place: Fingerprint, content: Fingerprint?)?
  private var age = 0
  private var lifetime = 128
  private var round = Round()
  private var previous: Round?
  private var repeated = 0

  init(streamName: String, tokensAreCounted: Bool, limit: Limit) {
    self.streamName = streamName
    self.tokensAreCounted = tokensAreCounted
    self.limit = limit
  }

  /// The page of `token` is asked for.
  mutating func begin(_ token: PageToken) {
    content = Fingerprint()
    isEmpty = true
    place = nil
    guard !tokensAreCounted else { return }
    var place = Fingerprint()
    place.combine(token.value.kindAndText)
    self.place = place
  }

  /// Takes in records of the page, as they were extracted.
  mutating func take(_ records: [Record]) {
    guard let first = records.first else { return }
    isEmpty = false
    if place == nil {
      var place = Fingerprint()
      place.combine(UInt64(records.count))
      place.combine(first)
      self.place = place
    }
    guard let remembered, remembered.content != nil || remembered.place == place else { return }
    for record in records { content.combine(record) }
  }

  /// The page has a successor.
  /// - Throws: ``ConnectorError`` that says what came again, and how often, where the pages do not end.
  mutating func end(_ token: PageToken, slice: StreamSlice) throws(ConnectorError) {
    let place = place ?? Fingerprint()
    if remembered?.place == place { try endRound(token, slice) }
    age += 1
    if remembered == nil || (age > lifetime && repeated == 0) {
      lifetime *= 2
      age = 0
      remembered = (place, nil)
      round = Round()
      previous = nil
    }
    round.digest.combine(place)
    round.digest.combine(content)
    round.pages += 1
    round.areEmpty = round.areEmpty && isEmpty
  }

  private mutating func endRound(_ token: PageToken, _ slice: StreamSlice) throws(ConnectorError) {
    defer { round = Round() }
    guard remembered?.content == content else {
      remembered?.content = content
      previous = nil
      repeated = 0
      return
    }
    repeated = previous == round ? repeated + round.pages : 1
    previous = round
    // Pages without records say little: an API may have nothing to give for a while.
    guard (round.areEmpty ? repeated / 10 : repeated) >= limit.value else { return }
    let pages = round.pages == 1 ? "the same page" : "the same \(round.pages) pages"
    throw ConnectorError(
      .transient,
      "The pages of stream `\(streamName)` do not end: in the partition \(JSONValue.object(slice.merged).jsonText) \(pages) "
        + "\(round.areEmpty ? "without records " : "")came \(repeated) times in a row, the last time for the page "
        + "token `\(token.value.pythonString)`. If this is intended, raise the limit with the environment variable \(limit.variable)"
    )
  }
}

extension Value {
  /// The kind and the text of the value, so that `1` and `"1"` differ.
  fileprivate var kindAndText: String { text.map { "'\($0)'" } ?? pythonString }
}

/// A digest of 64 bits, to distinguish what comes from one API.
struct Fingerprint: Hashable, Sendable {
  private var state: UInt64 = 0x9e37_79b9_7f4a_7c15

  mutating func combine(_ word: UInt64) {
    let product = (state ^ word).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    state = (product.high ^ product.low) &+ 0x2545_f491_4f6c_dd1d
  }

  mutating func combine(_ other: Fingerprint) { combine(other.state) }

  mutating func combine(_ bytes: UnsafeRawBufferPointer) {
    combine(UInt64(bytes.count))
    var start = 0
    while start + 8 <= bytes.count {
      combine(bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      start += 8
    }
    guard start < bytes.count else { return }
    combine(bytes[start...].reduce(0) { $0 << 8 | UInt64($1) })
  }

  mutating func combine(_ text: String) {
    var text = text
    text.withUTF8 { combine(UnsafeRawBufferPointer($0)) }
  }

  mutating func combine(_ record: borrowing Record) {
    if let view = record.view, record.patches.isEmpty {
      view.withText { combine(UnsafeRawBufferPointer($0)) }
    } else {
      combine(JSONValue.object(record.object).jsonText)
    }
  }
}
