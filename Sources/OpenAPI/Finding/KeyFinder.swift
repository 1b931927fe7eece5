/// Finds the field that tells records apart.
struct KeyFinder {
  let reader: SchemaReader

  private static let usual = [
    "id", "uuid", "guid", "gid", "sid", "uid", "objectid", "recordid", "key", "identifier", "slug", "code",
  ]

  /// - Parameter name: what the records are, such as `orders`.
  /// - Returns: an empty list if no field is sure to.
  func find(in record: DocumentNode, of name: String) -> [String] {
    let scalars = reader.properties(of: record).filter { property in
      let shape = reader.shape(property.node)
      return shape.isText && shape.format != "date-time" && shape.format != "date" || shape.types.contains("integer")
        || shape.types == ["number"] || shape.types.isEmpty && shape.alternatives.count > 1
    }.map(\.name)
    let one = FieldWords.key(FieldWords.singular(FieldWords.snake(name)))
    let candidates =
      Self.usual.prefix(6) + [one + "id", one + "uuid", one + "sid", one + "key", one + "number"] + Self.usual.dropFirst(6)
    for candidate in candidates {
      if let field = scalars.first(where: { FieldWords.key($0) == candidate }) { return [field] }
    }
    return []
  }
}
