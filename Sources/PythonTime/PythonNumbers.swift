/// Python's `int(text)`: blanks around, a sign, digits with single underscores between them. nil where Python raises.
///
/// An integer beyond 64 bits is reported as `overflow`.
package func pythonInt(_ text: some Sequence<UInt8>) -> (value: Int, overflow: Bool)? {
  var bytes = Array(text)[...]
  func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) || (0x1c...0x1f).contains(byte) }
  while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
  while let last = bytes.last, isBlank(last) { bytes.removeLast() }
  var negative = false
  if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
    negative = sign == UInt8(ascii: "-")
    bytes.removeFirst()
  }
  var value = 0
  var overflow = false
  var afterDigit = false
  for byte in bytes {
    if byte == UInt8(ascii: "_") {
      guard afterDigit else { return nil }
      afterDigit = false
      continue
    }
    guard byte &- 48 < 10 else { return nil }
    afterDigit = true
    let digit = Int(byte - 48)
    let (product, tooBig) = value.multipliedReportingOverflow(by: 10)
    let (sum, tooBigAgain) = product.addingReportingOverflow(negative ? -digit : digit)
    if tooBig || tooBigAgain { overflow = true }
    value = overflow ? 0 : sum
  }
  return afterDigit ? (value, overflow) : nil
}

/// Python's `float(text)`: blanks around, underscores between digits, `inf`, `infinity` and `nan`. nil where Python raises.
package func pythonFloat(_ text: String) -> Double? {
  var bytes = Array(text.utf8)[...]
  func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) || (0x1c...0x1f).contains(byte) }
  while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
  while let last = bytes.last, isBlank(last) { bytes.removeLast() }
  var unsigned = bytes
  if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { unsigned = bytes.dropFirst() }
  let word = String(decoding: unsigned, as: UTF8.self).lowercased()
  if word == "inf" || word == "infinity" { return bytes.first == UInt8(ascii: "-") ? -.infinity : .infinity }
  if word == "nan" { return .nan }
  var plain: [UInt8] = []
  plain.reserveCapacity(bytes.count)
  for index in bytes.indices {
    let byte = bytes[index]
    switch byte {
    case 48...57, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
      plain.append(byte)
    case UInt8(ascii: "_"):
      guard index > bytes.startIndex, index + 1 < bytes.endIndex, bytes[index - 1] &- 48 < 10, bytes[index + 1] &- 48 < 10 else {
        return nil
      }
    default: return nil
    }
  }
  return Double(String(decoding: plain, as: UTF8.self))
}
