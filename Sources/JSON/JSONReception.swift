/// Indexes a JSON text while it is received, so that it is known as soon as its last byte is there.
///
/// It reports nothing about a text that is not JSON: reading it as a whole shows what is wrong, or which encoding it has.
package struct JSONReception: ~Copyable {
  /// Parsing resumes after this many new bytes.
  private let step: Int
  /// Values are begun only if as many bytes are there behind them; nearly all of them are whole by that.
  private let margin: Int
  private var text = ByteBuffer()
  private var builder: TapeBuilder?
  /// The size of the text, as far as it was announced.
  private var size = 0
  /// The number of bytes that there were when they were read last.
  private var seen = 0
  /// The size of the index so far, and of what is going to be made for the elements of the arrays that are still open.
  private var (indexWords, elementBytes) = (0, 0)
  /// What reading a text as a whole is going to take, since reading it in parts failed; nil if it did not.
  private var whole: WholeTextCost?
  private var isGivenUp: Bool { whole != nil }

  package init() { self.init(step: 64 * 1024, margin: 4 * 1024) }

  init(step: Int, margin: Int) {
    self.step = step
    self.margin = margin
  }

  /// Makes room for a text of about this many bytes.
  package mutating func expect(_ size: Int) {
    self.size = size
    text.reserve(size + ByteBuffer.frozenPadding)
  }

  /// About the memory that the text takes, with its index and what is made for each record, or with what reading it as a whole is
  /// going to take.
  package var heldBytes: Int {
    if let whole { return text.count + whole.bytes }
    return text.count + indexWords * 8 + elementBytes
  }

  /// Takes the next bytes.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    text.append(bytes)
    whole?.add(bytes)
    guard text.count - seen >= step, text.count > margin, !isGivenUp else { return }
    // A text that seems to be over may continue.
    if read(before: text.count - margin) { _ = giveUp() }
  }

  /// The text, and what it says if that is known already.
  package consuming func finish() -> (bytes: JSONBytes, document: JSONDocument?) {
    guard builder != nil, read(before: text.count + 1), let tape = builder.take()?.finish() else { return (text.freeze(), nil) }
    let bytes = text.freeze()
    return (bytes, JSONDocument(bytes, tape))
  }

  /// - Returns: whether the text was read to its end.
  private mutating func read(before stop: Int) -> Bool {
    seen = text.count
    let start = text.padded()
    // What begins otherwise may be in another encoding.
    guard start[0] == UInt8(ascii: "{") || start[0] == UInt8(ascii: "["), start[1] != 0 else { return giveUp() }
    if builder == nil { builder = TapeBuilder(start, count: text.count, expecting: max(size, text.count)) }
    do {
      let isOver = try builder?.build(on: start, count: text.count, before: stop) == true
      if !isOver { (indexWords, elementBytes) = (builder?.used ?? 0, builder?.elementBytes ?? 0) }
      return isOver
    } catch {
      return giveUp()
    }
  }

  private mutating func giveUp() -> Bool {
    var cost = WholeTextCost()
    text.withUnsafeBytes { cost.add($0) }
    whole = cost
    builder = nil
    return false
  }
}
