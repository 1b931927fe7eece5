/// A value inside a document, without a hold on the document: good as long as something else keeps it.
package struct JSONPlace {
  let tape: Tape
  let index: Int
}

extension JSONView {
  /// Where the value is, for those who keep the view meanwhile.
  @inline(__always)
  package var place: JSONPlace { JSONPlace(tape: document.tape, index: index) }
}
