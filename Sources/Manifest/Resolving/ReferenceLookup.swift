import JSONSchema

/// Finds what a reference such as `#/definitions/streams/0/name` names.
///
/// As keys may contain slashes, at each step the whole rest is tried as a key first, then what is before the next slash.
enum ReferenceLookup {
  enum Outcome {
    case found(ManifestValue, at: [PathElement])
    case missing(Reason?)
  }

  /// Why a reference leads nowhere.
  struct Reason {
    let sentence: String
    /// The reference that was probably meant.
    let remedy: Remedy?
    /// Places that explain it.
    let related: [Diagnostic.Related]
  }

  /// - Parameter explaining: whether a reference that leads nowhere gets a reason, for which all that it could mean is tried.
  static func find(_ reference: String, in root: ManifestValue, explaining: Bool) -> Outcome {
    // As in the reference, what follows a line break is ignored.
    var rest = reference.dropFirst(2).prefix { $0 != "\n" }
    var value = root
    var path: [PathElement] = []
    while !rest.isEmpty {
      if let (inner, place) = step(String(rest), isNumber: false, value) { return .found(inner, at: path + [place]) }
      let head = rest.prefix { $0 != "/" }
      let number = Int(head)
      guard let (inner, place) = step(String(head), isNumber: number != nil, value) else {
        return .missing(explaining ? reason(reference, head, in: value, path) : nil)
      }
      value = inner
      path.append(place)
      rest = rest.dropFirst(head.count).dropFirst()
    }
    return .found(value, at: path)
  }

  /// One step; a number is an index of a list or a key that is a number, but never a key that is text.
  private static func step(
    _ key: String, isNumber: Bool, _ value: ManifestValue
  ) -> (ManifestValue, PathElement)? {
    switch value.content {
    case .mapping(let mapping):
      guard let place = mapping.place(of: key, isText: !isNumber) else { return nil }
      return (mapping.entries[place].value, .key(key))
    case .sequence(let elements):
      guard isNumber, let number = Int(key) else { return nil }
      // As in Python, a negative index counts from the end.
      let index = number < 0 ? number + elements.count : number
      guard elements.indices.contains(index) else { return nil }
      return (elements[index], .index(index))
    default: return nil
    }
  }

  private static func reason(
    _ reference: String, _ head: Substring, in value: ManifestValue, _ path: [PathElement]
  ) -> Reason {
    let place = path.isEmpty ? "the manifest" : "'\(path.dotted)'"
    switch value.content {
    case .mapping(let mapping):
      let near = NameSuggestion.nearest(to: String(head), among: mapping.entries.lazy.map(\.key))
      let remedy = mapping["$ref"] == nil ? near.map(Remedy.value) : throughReference
      var related = mapping.entries.filter { $0.key == near }.map {
        Diagnostic.Related("'\($0.key)' stands here", at: $0.keyMark)
      }
      if related.isEmpty, !path.isEmpty { related = [.init("\(place) begins here", at: value.mark)] }
      return Reason(sentence: "'\(reference)' leads nowhere: \(place) has no '\(head)'", remedy: remedy, related: related)
    case .sequence(let elements):
      return Reason(
        sentence: "'\(reference)' leads nowhere: \(place) has \(elements.count) items, and no '\(head)'", remedy: nil,
        related: [.init("\(place) begins here", at: value.mark)])
    default:
      let isReference = value.string?.hasPrefix("#/") == true
      return Reason(
        sentence: "'\(reference)' leads nowhere: \(place) is \(value.kindName) and has no '\(head)'",
        remedy: isReference ? throughReference : nil, related: [.init("\(place) is this", at: value.mark)])
    }
  }

  private static let throughReference: Remedy = "a reference cannot go through another reference"
}
