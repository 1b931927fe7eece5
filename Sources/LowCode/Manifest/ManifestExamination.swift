/// What became of a manifest on its way to being usable, with everything that was found.
package struct ManifestExamination: Sendable {
  /// The manifest as it was written, its references not followed; nil where it is no YAML.
  package internal(set) var written: ManifestNode?
  /// The manifest with references followed, types and parameters in place, valid or not; nil where that is not possible.
  package internal(set) var resolved: ManifestNode?
  /// The manifest ready for building its components, without the streams and other parts that are not valid.
  package internal(set) var manifest: Manifest?
  /// How findings are told where the file is no manifest at all; nil where it is one.
  package internal(set) var foreign: ForeignFile?
  /// Errors of reading, of references and of the schema, and the warnings of reading.
  package internal(set) var findings: [Diagnostic] = []
}
