import JSONSchema
import YAML

/// The way from the root of a manifest to one of its places, as a chain of steps upwards. The text is made when it is asked for.
package final class ManifestPath: Sendable {
  private let parent: ManifestPath?
  private let step: Step
  /// Where the last key was written; nil for elements of lists.
  package let keyMark: SourceMark?
  /// Where the nearest reference was, of those that brought this place or one above it here.
  package let reference: SourceMark?

  private enum Step: Sendable {
    /// The beginning of a chain, by its text; empty for the root.
    case start(String)
    case key(String)
    case index(Int)
  }

  package static let root = ManifestPath(start: "")

  package init(start text: String) {
    parent = nil
    step = .start(text)
    keyMark = nil
    reference = nil
  }

  private init(_ parent: ManifestPath, _ step: Step, _ keyMark: SourceMark?, _ value: ManifestValue) {
    self.parent = parent
    self.step = step
    self.keyMark = keyMark
    self.reference = value.reference ?? parent.reference
  }

  func appending(_ entry: ManifestEntry) -> ManifestPath { ManifestPath(self, .key(entry.key), entry.keyMark, entry.value) }
  func appending(_ index: Int, _ value: ManifestValue) -> ManifestPath { ManifestPath(self, .index(index), nil, value) }

  /// The last key on the way; nil at the root.
  var lastKey: String? {
    var path: ManifestPath? = self
    while let current = path {
      if case .key(let key) = current.step { return key }
      path = current.parent
    }
    return nil
  }

  /// The steps from the beginning of the chain.
  package var elements: [PathElement] {
    var elements: [PathElement] = []
    var path: ManifestPath? = self
    while let current = path {
      switch current.step {
      case .start: break
      case .key(let key): elements.append(.key(key))
      case .index(let index): elements.append(.index(index))
      }
      path = current.parent
    }
    return elements.reversed()
  }

  /// `streams[3].retriever.page_size`; keys with a dot, a bracket or a blank are quoted: `properties["a.b"]`.
  package var text: String {
    let rest = elements.dotted
    return start.isEmpty || rest.isEmpty || rest.hasPrefix("[") ? start + rest : "\(start).\(rest)"
  }

  /// The same for people, with the length of a long key in its place: cut, it might show a part of a secret.
  var shownText: String {
    let rest = elements.map { element in
      guard case .key(let key) = element, key.utf8.count > 200 else { return element }
      return .key("a key of \(key.count) characters")
    }.dotted
    return start.isEmpty || rest.isEmpty || rest.hasPrefix("[") ? start + rest : "\(start).\(rest)"
  }

  private var start: String {
    var path = self
    while let parent = path.parent { path = parent }
    if case .start(let text) = path.step { return text }
    return ""
  }
}

extension String {
  /// The text, or the beginning of one that is longer than a number of bytes.
  package func shortened(to length: Int) -> String { utf8.count <= length ? self : prefix(length) + "…" }
}
