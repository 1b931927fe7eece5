import ConnectorModel

/// Undoes the compression of a body as its bytes come: gzip of one member or several, zlib, or deflate without a frame.
///
/// Zeros behind a member of gzip are passed over, as Python's `gzip` module and urllib3 do.
package final class Decompressor {
  package enum Format {
    case gzip
    /// zlib or deflate without its frame: some servers leave out what RFC 9110 §8.4.1.2 asks for.
    case deflate
  }

  /// What there can be besides the compressed data.
  package struct Tolerance: OptionSet {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// A text that is not gzip at all is passed on as it is.
    package static let plainText = Tolerance(rawValue: 1)
    /// What follows gzip and is not gzip is passed over.
    package static let appendix = Tolerance(rawValue: 2)
  }

  private enum Kind {
    /// The first byte, which means nothing without the second.
    case undecided(UInt8?)
    case compressed(Inflater)
    case plain
    /// What follows is of no interest.
    case over
  }

  private let format: Format
  private let tolerance: Tolerance
  private var bounds: InflationBounds
  private var kind = Kind.undecided(nil)

  package init(_ format: Format, _ tolerance: Tolerance = [], limits: TransferLimits = TransferLimits()) {
    self.format = format
    self.tolerance = tolerance
    bounds = InflationBounds(limits)
  }

  /// How many bytes to read at a time so that no more than about `size` come out of them.
  package func step(for size: Int) -> Int { bounds.step(for: size) }

  /// Calls `body` with what the next bytes unpack to, in pieces that are valid during the call.
  /// - Throws: ``InflateError``, or what `body` throws.
  package func read(_ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    bounds.add(input: input.count)
    guard case .undecided(let held) = kind else { return try pass(input, body) }
    guard let first = held ?? input.first else { return }
    guard let second = held == nil ? input.dropFirst().first : input.first else {
      kind = .undecided(first)
      return
    }
    kind = try kind(of: first, second)
    if held != nil { try withUnsafeBytes(of: first) { try pass($0, body) } }
    try pass(input, body)
  }

  /// - Throws: ``InflateError`` if the input ended within the compressed data, or what `body` throws.
  package func finish(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    switch kind {
    case .undecided(nil), .plain, .over: break
    case .undecided(let first?):
      guard format == .gzip, tolerance.contains(.plainText), first != 0x1F else { throw InflateError.truncated }
      try withUnsafeBytes(of: first, body)
    case .compressed(let inflater): guard inflater.isFinished else { throw InflateError.truncated }
    }
  }

  private func kind(of first: UInt8, _ second: UInt8) throws -> Kind {
    switch format {
    case .gzip:
      if tolerance.contains(.plainText), (first, second) != (0x1F, 0x8B) { return .plain }
      return .compressed(try Inflater(.gzip))
    case .deflate:
      // The first two bytes of zlib's frame (RFC 1950 §2.2).
      let isFramed = first & 0x0F == 8 && first >> 4 <= 7 && (Int(first) << 8 | Int(second)) % 31 == 0
      return .compressed(try Inflater(isFramed ? .zlib : .none))
    }
  }

  private func pass(_ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    switch kind {
    case .plain: try body(input)
    case .compressed(let inflater): try inflate(input, inflater, body)
    case .undecided, .over: break
    }
  }

  private func inflate(
    _ input: UnsafeRawBufferPointer, _ inflater: Inflater, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var rest = input
    while !rest.isEmpty {
      if inflater.isFinished {
        // zlib and deflate end with their first run.
        guard format == .gzip else { return kind = .over }
        guard let start = rest.firstIndex(where: { $0 != 0 }) else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[start...])
        guard rest[0] == 0x1F else {
          guard tolerance.contains(.appendix) else { throw InflateError.notGzip }
          return kind = .over
        }
        inflater.reset()
      }
      let used = try inflater.inflate(rest) { piece in
        try bounds.add(output: piece.count)
        try body(piece)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[used...])
    }
  }
}

/// Counts what goes into an inflater and comes out of it.
struct InflationBounds {
  private let limits: TransferLimits
  private var input = 0
  private var output = 0

  init(_ limits: TransferLimits) { self.limits = limits }

  mutating func add(input count: Int) { input += count }

  mutating func add(output count: Int) throws(InflateError) {
    output += count
    if output > limits.inflatedBytes.value { throw .tooLarge(limits.inflatedBytes) }
    if output > TransferLimits.uncheckedInflation, output / limits.inflationRatio.value > input {
      throw .tooDense(limits.inflationRatio)
    }
  }

  func step(for size: Int) -> Int {
    // As dense as the bytes until now, of which the first ones may be as dense as deflate allows.
    let ratio = output == 0 ? 64 : output / max(input, 1) + 1
    return max(256, min(size / ratio, 16 * 1024))
  }
}
