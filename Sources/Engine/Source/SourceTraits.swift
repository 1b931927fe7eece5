import Manifest

/// What of a source this program does itself, so that options about it have something to act on.
package struct SourceTraits: Sendable, Hashable {
  /// The sources that are programs of their own, by what sentences call them.
  package var programs: [String] = []
  /// Whether this program sends requests for any of it.
  package var sendsRequests = false
  /// Whether any of it is declarative.
  package var isDeclarative = false

  /// A source of which nothing is known.
  package init() {}

  /// A declarative manifest.
  package static var declarative: SourceTraits {
    var traits = code
    traits.isDeclarative = true
    return traits
  }

  /// A source in Swift, within this program.
  package static var code: SourceTraits {
    var traits = SourceTraits()
    traits.sendsRequests = true
    return traits
  }

  /// A program that is started.
  /// - Parameter name: what sentences call it.
  package static func program(_ name: String) -> SourceTraits {
    var traits = SourceTraits()
    traits.programs = [name]
    return traits
  }

  /// Takes in one of several sources.
  /// - Parameter name: what sentences call it.
  package mutating func add(_ part: SourceTraits, as name: String) {
    if !part.programs.isEmpty { programs.append(name) }
    sendsRequests = sendsRequests || part.sendsRequests
    isDeclarative = isDeclarative || part.isDeclarative
  }
}

/// What a source is looked at with, beside its manifest.
package struct SourceSurroundings: Sendable {
  /// Where the files are that the manifest names.
  package let files: ManifestFiles
  /// The kinds of sources that there are.
  package let kinds: SourceKinds
  /// How many manifests the source is a part of, one within the other.
  package let depth: Int

  /// Manifests are parts of others no deeper than this.
  package static let deepest = 4

  package init(files: ManifestFiles, kinds: SourceKinds, depth: Int = 0) {
    self.files = files
    self.kinds = kinds
    self.depth = depth
  }
}
