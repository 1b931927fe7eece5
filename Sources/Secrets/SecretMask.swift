import Synchronization

/// Replaces secrets in texts that are about to be shown, however they are encoded there.
package final class SecretMask: Secrets {
  private struct State {
    /// Those of the rest of the run, and the latest of the others.
    var secrets = SecretSet()
    /// Of all secrets.
    var traces = SecretTraces()
    var lasting: Set<[UInt8]> = []
    /// Those that are in use for a short time only, the oldest first.
    var passing: [[UInt8]] = []
    var passingSet: Set<[UInt8]> = []
    /// What is left of older ones.
    var earlier: SecretFingerprints
    /// The secrets of the config, by their paths.
    var places: [String: String] = [:]

    mutating func insert(_ form: [UInt8]) {
      secrets.insert(form)
      traces.insert(form)
      if traces.isCrowded { trace() }
    }

    /// Notes the traces of all secrets anew.
    mutating func trace() {
      let forms = lasting.union(passingSet)
      traces = SecretTraces(for: 2 * (forms.count + earlier.count))
      for form in forms { traces.insert(form) }
      for tail in earlier.tails { traces.insert(tail: tail) }
    }
  }

  private let state: Mutex<State>
  private let passingLimit: Int

  /// - Parameters:
  ///   - passingLimit: how many short-lived secrets are kept as they are, so that parts of them are found too.
  ///   - rememberedLimit: how many more of them stay hidden at least.
  package init(passingLimit: Int = 1_024, rememberedLimit: Int = 100_000) {
    self.passingLimit = passingLimit
    state = Mutex(State(earlier: SecretFingerprints(limit: rememberedLimit)))
  }

  /// What replaces a secret.
  package static let replacement = "****"

  package func hide(_ secret: String) {
    let bytes = SecretSet.folded(Array(secret.utf8))
    if state.withLock({ $0.lasting.contains(bytes) }) { return }
    let forms = SecretForms(of: secret).all
    state.withLock { state in
      for form in forms where state.lasting.insert(form).inserted && !state.passingSet.contains(form) {
        state.insert(form)
      }
    }
  }

  package func note(_ secret: String, at path: String) { state.withLock { $0.places[path] = secret } }

  /// The secrets of the config, by their paths.
  package var places: [String: String] { state.withLock { $0.places } }

  package func hidePassing(_ secret: String) {
    let bytes = SecretSet.folded(Array(secret.utf8))
    let isKnown = state.withLock {
      $0.passingSet.contains(bytes) || $0.lasting.contains(bytes) || $0.earlier.contains(bytes)
    }
    if isKnown { return }
    let forms = SecretForms(of: secret).all
    state.withLock { state in
      for form in forms where !state.lasting.contains(form) && state.passingSet.insert(form).inserted {
        state.passing.append(form)
        state.insert(form)
      }
      guard state.passing.count > 2 * passingLimit else { return }
      for form in state.passing.dropLast(passingLimit) { state.earlier.insert(form) }
      state.passing.removeFirst(state.passing.count - passingLimit)
      state.passingSet = Set(state.passing)
      state.secrets = SecretSet()
      for form in state.lasting.union(state.passingSet) { state.secrets.insert(form) }
      state.trace()
    }
  }

  /// Where secrets are among the bytes of `text`: in order, apart from each other.
  package func hiddenRanges(in text: String) -> [Range<Int>] {
    let known = state.withLock { state in
      guard !state.secrets.isEmpty else { return [Range<Int>]() }
      var search = SecretSearch(state.secrets, earlier: state.earlier, traces: state.traces)
      return search.ranges(in: Array(text.utf8))
    }
    return SecretSearch.merged(known + SecretShape.ranges(in: text))
  }

  package func masked(_ text: String) -> String {
    let ranges = hiddenRanges(in: text)
    guard !ranges.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var shown: [UInt8] = []
    var position = 0
    for range in ranges {
      shown += bytes[position..<range.lowerBound]
      shown += Self.replacement.utf8
      position = range.upperBound
    }
    shown += bytes[position...]
    return String(decoding: shown, as: UTF8.self)
  }
}
