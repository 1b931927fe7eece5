/// Characters by their Unicode names and aliases, for `\N{…}` in literals.
package enum UnicodeNames {
  // Made once, since looking through all characters takes milliseconds for each name.
  private static let characters: [String: Unicode.Scalar] = {
    var characters: [String: Unicode.Scalar] = [:]
    for value in UInt32(0)...0x3ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for name in [scalar.properties.name, scalar.properties.nameAlias] {
        if let name, characters[name] == nil { characters[name] = scalar }
      }
    }
    return characters
  }()

  /// The character of that name in capital letters, nil if there is none.
  package static func scalar(named name: String) -> Unicode.Scalar? { characters[name] }
}
