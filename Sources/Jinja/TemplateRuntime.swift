import Essentials
import PythonTime

/// What templates take from the outside world: the time and chance.
package final class TemplateRuntime: Sendable {
  /// The current time in microseconds since 1970-01-01T00:00:00Z.
  package let now: @Sendable () -> Int64
  /// Sixteen random bytes, of which `generate_uuid` makes its text.
  package let randomBytes: @Sendable () -> [UInt8]

  package init(now: @escaping @Sendable () -> Int64, randomBytes: @escaping @Sendable () -> [UInt8]) {
    self.now = now
    self.randomBytes = randomBytes
  }

  /// The same from random numbers in 0..<1.
  package convenience init(now: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> Double) {
    self.init(now: now, randomBytes: { (0..<16).map { _ in UInt8(truncatingIfNeeded: Int((random() * 256).rounded(.down))) } })
  }

  /// The system's clock and random numbers.
  package static let system = TemplateRuntime(
    now: { Int64(Date().timeIntervalSince1970 * 1_000_000) },
    randomBytes: {
      var generator = SystemRandomNumberGenerator()
      return (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    })

  /// The current time in UTC.
  package var moment: PyDateTime { (try? PyDateTime(epochMicroseconds: Int128(now()))) ?? .unixEpoch }

  /// A random UUID (version 4) in its usual text form.
  package var uuid: String {
    var bytes = Array(randomBytes().prefix(16))
    while bytes.count < 16 { bytes.append(0) }
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += byte < 16 ? "0" : ""
      text += String(byte, radix: 16)
    }
    return text
  }
}
