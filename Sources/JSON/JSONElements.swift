/// The elements of an array of a document, found one after the other.
package struct JSONElements: Sequence, IteratorProtocol {
  private let document: JSONDocument
  private var at: Int
  private let end: Int

  init(of view: JSONView) {
    document = view.document
    at = view.index + 2
    end = view.kind == .array ? view.index + view.tape.span(view.index) : 0
  }

  package mutating func next() -> JSONView? {
    guard at < end else { return nil }
    defer { at = document.tape.next(at) }
    return JSONView(document: document, index: at)
  }
}
