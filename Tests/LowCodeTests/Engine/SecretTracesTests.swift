import Foundation
import Testing

@testable import Secrets

/// What is left out of a search because no secret has a trace in it would not have been found either.
@Suite struct SecretTracesTests {
  private static let secrets = [
    "s3cr3t-of-the-shelves", "Kq7v", "ab cd+EF", "pässwörd-漢字", "🔑key🔑", "https://me:pw12@host.example/x",
  ]

  private static func ranges(_ text: String, _ forms: [[UInt8]], earlier: [[UInt8]], isThorough: Bool) -> [Range<Int>] {
    var set = SecretSet()
    var traces = SecretTraces(for: 2 * forms.count)
    var fingerprints = SecretFingerprints(limit: 100)
    for form in forms {
      set.insert(form)
      traces.insert(form)
    }
    for form in earlier { fingerprints.insert(form) }
    for tail in fingerprints.tails { traces.insert(tail: tail) }
    var search = SecretSearch(set, earlier: fingerprints, traces: traces, isThorough: isThorough)
    return search.ranges(in: Array(text.utf8))
  }

  @Test("Encodings over one another", arguments: SecretEncoding.allCases)
  func findsTheSame(_ outer: SecretEncoding) {
    let forms = Self.secrets.flatMap { SecretForms(of: $0).all }
    let unique = forms.enumerated().filter { place, form in forms.firstIndex(of: form) == place }.map(\.element)
    let halves = (Array(unique.prefix(unique.count / 2)), Array(unique.dropFirst(unique.count / 2)))
    let place = SecretEncoding.allCases.firstIndex(of: outer) ?? 0
    for (number, secret) in Self.secrets.enumerated() {
      let inner = SecretEncoding.allCases[(place * 7 + number * 5) % SecretEncoding.allCases.count]
      let encoded = outer.encode(number.isMultiple(of: 2) ? inner.encode(secret) : "a note: \(inner.encode(secret)) and more")
      let text = #"{"items": [1, "2024-01-11T10:20:30Z", "\#(encoded)"], "more": "words that are not secret"}"#
      let found = Self.ranges(text, halves.0, earlier: halves.1, isThorough: false)
      #expect(found == Self.ranges(text, halves.0, earlier: halves.1, isThorough: true), "\(secret) in \(text)")
    }
  }
}
