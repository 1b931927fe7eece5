import CPCRE2

/// Looks for one match after the other in a text, within a bounded number of steps over all of them.
struct PatternSearch {
  /// Steps that one search may take, beside some for each character: a part of a second.
  static let greatestSteps = 5_000_000
  private static let stepsPerByte = 50
  /// Bytes that PCRE2 may take to remember where it can go back to.
  static let greatestMemory = 64 * 1024 * 1024

  private let program: PatternProgram
  private let text: UnsafeBufferPointer<UInt8>
  private let atStart: Bool
  private var charge: StepCharge
  private var position = 0
  /// Whether the match before was empty, after which another empty one at the same place does not count.
  private var wasEmpty = false
  private(set) var isGivenUp = false

  /// - Parameter text: valid UTF-8, which must outlive the search.
  init(_ program: PatternProgram, _ text: UnsafeBufferPointer<UInt8>, atStart: Bool) {
    self.program = program
    self.text = text
    self.atStart = atStart
    charge = StepCharge(remaining: Self.greatestSteps + Self.stepsPerByte * text.count, each: program.shortestMatch)
  }

  /// The next match and its groups, in bytes; nil if there is none, or where the search was given up.
  mutating func next() -> [Range<Int>?]? {
    guard position <= text.count, !isGivenUp else { return nil }
    let found = program.withWorkspace { workspace in
      withUnsafeMutablePointer(to: &charge) { charge -> (code: Int32, ranges: [Range<Int>?]) in
        pcre2_set_callout_8(workspace.context, { StepCharge.count($0, $1) }, charge)
        var options: UInt32 = wasEmpty ? UInt32(PCRE2_NOTEMPTY_ATSTART) : 0
        if atStart { options |= PCRE2_ANCHORED }
        let code = program.match(text, from: position, options, in: workspace)
        return (code, code > 0 ? Self.ranges(workspace.data) : [])
      }
    }
    guard let found, found.code > 0, let whole = found.ranges.first.flatMap({ $0 }) else {
      isGivenUp = found?.code != PCRE2_ERROR_NOMATCH
      return nil
    }
    position = whole.upperBound
    wasEmpty = whole.isEmpty
    return found.ranges
  }

  private static func ranges(_ data: OpaquePointer) -> [Range<Int>?] {
    guard let bounds = pcre2_get_ovector_pointer_8(data) else { return [] }
    return (0..<Int(pcre2_get_ovector_count_8(data))).map { group in
      let (start, end) = (bounds[2 * group], bounds[2 * group + 1])
      // A group that took no part has the greatest number of all in both places, which is -1 to Swift.
      guard start >= 0, start <= end else { return nil }
      return start..<end
    }
  }
}

/// Counts what a match does, by what PCRE2 reports before each item of the pattern.
private struct StepCharge {
  var remaining: Int
  /// What each place of the text costs at which a match is tried: a repetition that is counted out is one step to PCRE2.
  let each: Int
  private var position = 0
  private var start = -1

  init(remaining: Int, each: Int) {
    self.remaining = remaining
    self.each = each
  }

  /// A step, and as many as characters were passed since the last one.
  private mutating func take(position: Int, start: Int) -> Bool {
    remaining -= 1 + abs(position - self.position)
    self.position = position
    if start != self.start {
      self.start = start
      remaining -= each
    }
    return remaining >= 0
  }

  static func count(_ block: UnsafeMutablePointer<pcre2_callout_block_8>?, _ charge: UnsafeMutableRawPointer?) -> Int32 {
    guard let block = block?.pointee, let charge = charge?.assumingMemoryBound(to: StepCharge.self) else { return 0 }
    return charge.pointee.take(position: block.current_position, start: block.start_match) ? 0 : PCRE2_ERROR_CALLOUT
  }
}
