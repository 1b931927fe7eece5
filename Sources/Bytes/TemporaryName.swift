/// The names of files that are not complete yet: hidden, after the name that they will have, and unlike any other file's.
package enum TemporaryName {
  private static let mark = ".airbyte-lowcode-"
  private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
  private static let digitCount = 8

  /// A unique name, no longer than names can be where `name` is.
  static func make(for name: String) -> String {
    var kept = name
    while kept.utf8.count > 255 - 1 - mark.utf8.count - digitCount { kept.removeLast() }
    let end = (0..<digitCount).map { _ in digits[Int.random(in: digits.indices)] }
    return ".\(kept)\(mark)\(String(decoding: end, as: UTF8.self))"
  }

  package static func matches(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    let end = bytes.suffix(digitCount)
    return bytes.first == UInt8(ascii: ".") && end.count == digitCount && end.allSatisfy { digits.contains($0) }
      && bytes.dropLast(digitCount).suffix(mark.utf8.count).elementsEqual(mark.utf8)
  }
}
