import Testing

@testable import JSON

/// Texts that are read while they come: each must be read as it is where it is there as a whole.
@Suite struct ReceptionTests {
  /// Hands `bytes` over in parts of the given sizes, again and again.
  private func receive(
    _ bytes: [UInt8], by sizes: [Int], step: Int, margin: Int, announced: Int = 0
  ) -> (bytes: JSONBytes, document: JSONDocument?) {
    var reception = JSONReception(step: step, margin: margin)
    reception.expect(announced)
    var from = 0
    var turn = 0
    while from < bytes.count {
      let end = min(from + sizes[turn % sizes.count], bytes.count)
      bytes[from..<end].withUnsafeBytes { reception.append($0) }
      (from, turn) = (end, turn + 1)
    }
    return reception.finish()
  }

  private func words(_ document: JSONDocument) -> [UInt64] {
    Array(UnsafeBufferPointer(start: document.tape.words, count: document.footprint.index / 8))
  }

  private static let page: String = {
    let records = (0..<60).map { id in
      #"{"id":\#(id),"name":"né \#(id)","at": null,"tags":["a",{"b":[\#(id)e2,true]}],"id2":\#(id)}"#
    }
    return #"{"data":[\#(records.joined(separator: ", "))],"next":"x\u00e9"}"# + "\n"
  }()

  @Test(arguments: [[1], [7], [64], [100, 3], [5_000], [100_000]])
  func aPageIsKnownAtItsEnd(_ sizes: [Int]) throws {
    let bytes = Array(Self.page.utf8)
    for announced in [0, bytes.count] {
      let received = receive(bytes, by: sizes, step: 64, margin: 256, announced: announced)
      #expect(received.bytes.array == bytes)
      let document = try #require(received.document)
      #expect(words(document) == words(try JSONDocument(parsing: bytes)))
    }
  }

  @Test(arguments: 1...8)
  func isReadAsAWhole(_ seed: UInt64) throws {
    var source = TextSource(seed: seed)
    var known = 0
    for _ in 0..<300 {
      var bytes = Array(source.value(depth: 5).utf8)
      if source.next(4) == 0 { source.damage(&bytes) }
      let sizes = [source.next(9) + 1, source.next(40) + 1]
      let received = receive(bytes, by: sizes, step: source.next(20) + 1, margin: source.next(40))
      #expect(received.bytes.array == bytes)
      guard let document = received.document else { continue }
      known += 1
      #expect(words(document) == words(try JSONDocument(parsing: bytes, encoding: .detected)))
    }
    #expect(known > 15)
  }

  @Test func whatIsNoPageIsLeftForLater() {
    let texts = [
      "", "1", "\u{FEFF}{}", "{", "<html>", #"{"a":1}{"a":2}"#, "{\"a\":1}\n{\"a\":2}\n",
      #"["\#(String(repeating: "x", count: 90))"]"#,
    ]
    for text in texts {
      let received = receive(Array(text.utf8), by: [5], step: 5, margin: 8)
      #expect(received.document == nil, "\(text)")
      #expect(received.bytes.string == text)
    }
    let wide: [UInt8] = Array("{}".utf16).flatMap { [UInt8($0), 0] }
    #expect(receive(wide, by: [1], step: 1, margin: 0).document == nil)
  }

  /// What a text takes with its index and its records, for each of its elements, as a reader has to make room for it.
  @Test(arguments: [
    ("[", "{},", 100...160), ("[", "1,", 20...40), ("[", #""abcdefgh","#, 30...60), ("[", "[],", 30...45),
    ("[", #"{"a":1},"#, 120...180),
    ("[", "[{},[{}]],", 270...320), (#"{"a":["#, #"{"b":{}},"#, 240...320), (#"[{"b":["#, "1,", 20...40),
    ("<r>", "<a/>", 60...110), ("<r>", #"<a b="1"/>"#, 150...250),
    ("[\0", "{\0}\0,\0", 150...250), ("x", "abcdefgh", 16...32),
  ])
  func tellsWhatItTakes(begin: String, element: String, expected: ClosedRange<Int>) {
    var reception = JSONReception()
    let count = 100_000
    Array((begin + String(repeating: element, count: count)).utf8).withUnsafeBytes { reception.append($0) }
    #expect(expected.contains(reception.heldBytes / count), "\(reception.heldBytes / count)")
  }
}
