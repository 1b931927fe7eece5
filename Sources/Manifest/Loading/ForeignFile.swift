import JSON
import Secrets
import YAML

/// A file that was named as a manifest but is not one: most likely a config, full of secrets that nothing marks. What is found in
/// it is reported without its lines and its values.
package struct ForeignFile: Sendable {
  private let mask: SecretMask
  /// Whether the mask has all values; else any word of the file may be one, except the words of a language.
  private let isRead: Bool

  /// Keys of manifests, each with what it holds.
  private static let lists = ["streams", "dynamic_streams"]
  private static let mappings = ["check", "spec", "definitions"]
  /// Keys that only the components of a manifest have.
  private static let words = ["$ref", "$parameters"]

  /// Nil if the file is a manifest, even a wrong one.
  package init?(_ written: ManifestValue) {
    // One that is in a config has no lines, and nobody names it.
    guard written.mark != nil, let root = written.mapping, !Self.isManifest(root) else { return nil }
    mask = ConcealedConfig(written.json.object ?? [:], specification: nil).mask
    isRead = true
  }

  /// The same for a file that could not be read, by what was found in it.
  package init?(unreadBecauseOf error: ManifestError) {
    guard let file = error.diagnostics.lazy.compactMap(\.mark?.file).first, !Self.looksLikeManifest(file.bytes) else {
      return nil
    }
    (mask, isRead) = (SecretMask(), false)
    let text = String(decoding: file.bytes.prefix(Self.longest), as: UTF8.self)
    for word in Set(text.split { $0.isWhitespace || "{}[]\"',:!&*".contains($0) }) {
      if word.utf8.count >= 4 && word.contains(where: \.isNumber) || word.utf8.count >= 20 { mask.hide(String(word)) }
    }
  }

  /// How much of a file that cannot be read is examined, in bytes.
  private static let longest = 65_536

  private static func isManifest(_ root: ManifestMapping) -> Bool {
    for entry in root.entries {
      switch entry.value.content {
      case .string("DeclarativeSource") where entry.key == "type": return true
      case .sequence where lists.contains(entry.key), .mapping where mappings.contains(entry.key): return true
      case .mapping(let members) where words.contains { members.place(of: $0) != nil }: return true
      default: continue
      }
    }
    return false
  }

  /// Whether a text that is not YAML may have been meant as a manifest: it names a component, or has a manifest's key at the
  /// start of a line.
  private static func looksLikeManifest(_ text: [UInt8]) -> Bool {
    let text = String(decoding: text, as: UTF8.self)
    if text.contains("DeclarativeS") { return true }
    return text.split(whereSeparator: \.isNewline).contains { line in
      (lists + mappings).contains { line.hasPrefix($0 + ":") }
    }
  }

  package func concealed(_ error: ManifestError) -> ManifestError { ManifestError(error.diagnostics.map(concealed)) }

  /// A finding as it may be reported.
  package func concealed(_ diagnostic: Diagnostic) -> Diagnostic {
    var copy = diagnostic.withoutLines
    copy.message = mask.masked(isRead ? copy.message : copy.discreetMessage ?? copy.message)
    copy.detail = copy.detail.map(mask.masked)
    copy.remedy = copy.remedy?.mapped(mask.masked)
    copy.related = copy.related.map { .init(mask.masked($0.message), at: $0.mark) }
    return copy
  }
}
