extension [(name: String, value: String)] {
  /// The place of the first header of a name, whose letters may be of any case (RFC 9110 §5.1).
  func place(of name: String) -> Int? { firstIndex { Self.isSame($0.name, name) } }

  /// The value of the first header of a name.
  func value(of name: String) -> String? { place(of: name).map { self[$0].value } }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8, right.utf8)
    return left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || lower($0) == lower($1) }
  }

  @inline(__always)
  private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}
