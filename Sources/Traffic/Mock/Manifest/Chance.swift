/// Numbers that look like chance and are always the same for the same names.
struct Chance: Sendable {
  private var state: UInt64

  init(_ seed: Int, _ names: String...) {
    // FNV-1a: a hash that is the same in every process.
    state = 0xCBF2_9CE4_8422_2325 ^ UInt64(bitPattern: Int64(seed))
    for name in names {
      for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
      state = (state ^ 0xFF) &* 0x100_0000_01B3
    }
  }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A number in `0..<limit`.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(limit, 1))) }
}
