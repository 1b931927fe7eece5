import ConnectorModel
import JSON

/// Brings a body into UTF-8 without a byte order mark for another parser; ``TextEncoding`` decides what the body is encoded in.
final class TextParser: BodyParser {
  private enum State {
    /// The first bytes, while too few are there to decide.
    case undecided([UInt8])
    /// UTF-8, which is passed on as it comes: a reader that needs it to be valid checks it.
    case passing
    case transcoding(TextTranscoder)
    /// UTF-8 so far, and the beginning of a character; from the first invalid byte on the encoding of that name.
    case checking(pending: [UInt8], orElse: String)
  }

  private let inner: any BodyParser
  private let manifest: String?
  private let charset: String?
  private let keepsCharactersWhole: Bool
  private var state = State.undecided([])

  /// - Parameters:
  ///   - manifest: the encoding that the manifest asks for, if it does.
  ///   - charset: the encoding that the response's head names, if it does.
  ///   - keepsCharactersWhole: whether a part must not end within a character.
  /// - Throws: ``ConnectorError`` if the manifest asks for an encoding that does not exist.
  init(_ inner: any BodyParser, manifest: String? = nil, charset: String?, keepsCharactersWhole: Bool = false) throws {
    self.inner = inner
    self.manifest = manifest
    self.charset = charset
    self.keepsCharactersWhole = keepsCharactersWhole
    if let manifest { _ = try TextTranscoder(encoding: manifest) }
  }

  var stepSize: Int { inner.stepSize }
  var heldBytes: Int { inner.heldBytes }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    switch state {
    case .undecided(let held):
      guard held.count + bytes.count >= 4 else {
        state = .undecided(held + bytes)
        return
      }
      // Nothing is copied where nothing is held.
      guard !held.isEmpty else { return try begin(bytes, &values) }
      try (held + bytes).withUnsafeBytes { try begin($0, &values) }
    case .passing: try inner.parse(bytes, into: &values)
    case .transcoding(let transcoder): try transcode(bytes, transcoder, &values)
    case .checking(let pending, let name):
      if pending.isEmpty { return try check(bytes, name, &values) }
      try (pending + bytes).withUnsafeBytes { try check($0, name, &values) }
    }
  }

  func finish(into values: inout ParsedValues) throws {
    if case .undecided(let held) = state { try held.withUnsafeBytes { try begin($0, &values) } }
    if case .checking(let pending, let name) = state, !pending.isEmpty {
      try pending.withUnsafeBytes { try transcode($0, from: name, &values) }
    }
    if case .transcoding(let transcoder) = state {
      var text = ByteBuffer(capacity: 8)
      try transcoder.finish(to: &text)
      if text.count > 0 { try text.withUnsafeBytes { try inner.parse($0, into: &values) } }
    }
    try inner.finish(into: &values)
  }

  /// Decides what the text is encoded in, and passes on its first part.
  private func begin(_ bytes: UnsafeRawBufferPointer, _ values: inout ParsedValues) throws {
    let (encoding, mark) = TextEncoding.of(bytes, manifest: manifest, charset: charset)
    switch encoding {
    case .utf8(let name?): state = .checking(pending: [], orElse: name)
    case .utf8(nil): state = keepsCharactersWhole ? .transcoding(try TextTranscoder(encoding: "utf-8")) : .passing
    case .named(let name): state = .transcoding(try TextTranscoder(encoding: name))
    }
    if bytes.count > mark { try parse(UnsafeRawBufferPointer(rebasing: bytes[mark...]), into: &values) }
  }

  private func check(_ bytes: UnsafeRawBufferPointer, _ name: String, _ values: inout ParsedValues) throws {
    let (count, isCutOff) = UTF8Text.validPrefix(of: bytes)
    if count > 0 { try inner.parse(UnsafeRawBufferPointer(rebasing: bytes[..<count]), into: &values) }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
    if rest.isEmpty || isCutOff {
      state = .checking(pending: Array(rest), orElse: name)
    } else {
      try transcode(rest, from: name, &values)
    }
  }

  private func transcode(_ bytes: UnsafeRawBufferPointer, from name: String, _ values: inout ParsedValues) throws {
    let transcoder = try TextTranscoder(encoding: name)
    state = .transcoding(transcoder)
    try transcode(bytes, transcoder, &values)
  }

  private func transcode(
    _ bytes: UnsafeRawBufferPointer, _ transcoder: TextTranscoder, _ values: inout ParsedValues
  ) throws {
    var text = ByteBuffer(capacity: bytes.count + bytes.count / 2)
    let failure: ConnectorError?
    do throws(ConnectorError) {
      try transcoder.transcode(bytes, to: &text)
      failure = nil
    } catch {
      failure = error
    }
    try text.withUnsafeBytes { try inner.parse($0, into: &values) }
    if let failure { throw failure }
  }
}
