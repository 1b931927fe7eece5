import JSON

/// A response's body as JSON values, in order: one for a JSON text, the elements of a list, a value a line or row.
public enum DecodedBody: Sendable {
  case one(JSONView)
  /// The elements of an array.
  case elements(of: JSONView)
  case many([JSONView])

  /// The first value, which pagination looks at.
  public var first: JSONView? {
    switch self {
    case .one(let view): view
    case .elements(of: let array): array[0]
    case .many(let views): views.first
    }
  }

  /// About the memory that the values take.
  package var heldBytes: Int {
    switch self {
    case .one(let view), .elements(of: let view): return view.document.heldBytes
    case .many(let views):
      var last: JSONDocument?
      var sum = views.count * MemoryLayout<Record>.stride
      for view in views where view.document !== last {
        last = view.document
        sum += view.document.heldBytes
      }
      return sum
    }
  }
}

extension DecodedBody {
  /// Values that a decoder made itself.
  public init(_ values: [JSONValue]) throws {
    self = .elements(of: try JSONDocument(parsing: JSONValue.array(values).jsonText).root)
  }
}

extension DecodedBody: Sequence {
  public struct Iterator: IteratorProtocol {
    fileprivate var one: JSONView?
    fileprivate var elements: JSONElements?
    fileprivate var many: IndexingIterator<[JSONView]>?

    public mutating func next() -> JSONView? {
      if elements != nil { return elements?.next() }
      if many != nil { return many?.next() }
      defer { one = nil }
      return one
    }
  }

  public func makeIterator() -> Iterator {
    switch self {
    case .one(let view): Iterator(one: view)
    case .elements(of: let array): Iterator(elements: array.elementSequence)
    case .many(let views): Iterator(many: views.makeIterator())
    }
  }

  public var underestimatedCount: Int {
    switch self {
    case .one: 1
    case .elements(of: let array): array.count
    case .many(let views): views.count
    }
  }
}

/// How a body is received.
public enum Reception: Sendable {
  /// Into memory.
  case memory
  /// Part by part, while it is read: a connection that breaks off in the middle is the reader's matter.
  case parts
  /// Into a temporary file, which is read part by part.
  case file
}

/// Reads a response's body.
public protocol Decoder: Sendable {
  /// Whether values come while the body is still being received: then pagination does not see the body, and there is but one look.
  var streams: Bool { get }
  /// How to receive the bodies of responses.
  var reception: Reception { get }
  /// Whether a `DefaultPaginator` can be used with this decoder.
  var allowsPagination: Bool { get }
  /// Reads a body that was received completely.
  func decode(_ response: HTTPResponse) async throws -> DecodedBody
  /// Reads a body in batches of values, as it comes.
  /// - Parameter batch: takes values and returns whether more are needed.
  /// - Throws: ``ConnectorError`` or ``TransportError``; the batches until then are good.
  func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws
  /// Checks whether a body that was received completely ends in the middle; other errors show when it is read.
  /// - Throws: ``TransportError``
  func checkEnd(_ response: HTTPResponse) async throws(TransportError)
}

extension Decoder {
  public var streams: Bool { false }
  public var reception: Reception { streams ? .parts : .memory }
  public var allowsPagination: Bool { false }

  public func checkEnd(_ response: HTTPResponse) async throws(TransportError) {
    do { _ = try await decode(response) } catch {
      if let error = error as? TransportError { throw error }
    }
  }

  public func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws {
    _ = try await batch(decode(response.whole()))
  }
}

extension JSONDocument {
  /// The size of the text and of its index.
  fileprivate var heldBytes: Int { footprint.text + footprint.index }
}
