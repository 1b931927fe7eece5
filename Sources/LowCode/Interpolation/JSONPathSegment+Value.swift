import JSON
import Jinja

extension JSONPathSegment {
  /// A path's segment as the reference evaluates it: what reads as an integer is one, and finds no key of an object.
  package init(_ value: Value) {
    if case .int(let index) = value { self = .index(index) } else { self = .key(value.pythonString) }
  }
}
