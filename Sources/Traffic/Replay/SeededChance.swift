import Synchronization

/// Random numbers that are the same for the same beginning (SplitMix64).
final class SeededChance: Sendable {
  private let state: Mutex<UInt64>

  init(seed: UInt64) { state = Mutex(seed) }

  /// A number in 0..<1.
  func next() -> Double {
    let bits = state.withLock { state -> UInt64 in
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = state
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      return bits ^ (bits >> 31)
    }
    return Double(bits >> 11) * 0x1p-53
  }
}
