import JSON
import Jinja

extension JSONPathSegment {
  /// A path's segment as the reference evaluates it: what reads as a number is an index, and finds no key of an object.
  package init(_ value: Value) {
    switch value {
    case .int(let index): self = .index(index)
    case .bool(let flag): self = .index(flag ? 1 : 0)
    case .float(let number): self = Int(exactly: number.rounded(.towardZero)).map { .index($0) } ?? .key(value.pythonString)
    default: self = .key(value.pythonString)
    }
  }
}
