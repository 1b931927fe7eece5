/// What became of a manifest on its way to being usable, with everything that was found.
package struct ManifestExamination: Sendable {
  /// The manifest as it was written, its references not followed; nil if it is not YAML.
  package internal(set) var written: ManifestNode?
  /// The manifest with references followed, types and parameters in place, valid or not; nil if that is not possible.
  package internal(set) var resolved: ManifestNode?
  /// The manifest ready for building its components, without the streams and other parts that are not valid.
  package internal(set) var manifest: Manifest?
  /// How findings are reported if the file is not a manifest at all; nil if it is one.
  package internal(set) var foreign: ForeignFile?
  /// Errors of reading, of references and of the schema, and the warnings of reading.
  package internal(set) var findings: [Diagnostic] = []
}
