extension String {
  /// Whether Python sorts the text before `other`: by code points, which UTF-8 keeps in their order. Swift's own `<` compares texts
  /// in their canonical form.
  @inline(__always)
  package func precedesInPython(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
