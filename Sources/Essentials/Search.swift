extension StringProtocol where SubSequence == Substring {
  /// The first place of a text in ASCII, whatever the case of its letters and of those here.
  package func firstRange(ofIgnoringCase text: String) -> Range<Index>? {
    let wanted = text.utf8.map(\.lowercasedASCII)
    guard let first = wanted.first else { return nil }
    var start = utf8.startIndex
    while start < utf8.endIndex {
      if utf8[start].lowercasedASCII == first {
        var end = start
        var matched = 0
        while matched < wanted.count, end < utf8.endIndex, utf8[end].lowercasedASCII == wanted[matched] {
          end = utf8.index(after: end)
          matched += 1
        }
        if matched == wanted.count { return start..<end }
      }
      start = utf8.index(after: start)
    }
    return nil
  }
}

extension UInt8 {
  fileprivate var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
