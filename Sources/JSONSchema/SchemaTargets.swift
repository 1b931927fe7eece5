import Synchronization

/// What the references of a schema lead to, by their indexes.
///
/// They are compiled with the schema, so that all of its mistakes are reported; or, if the schema is known to have none, one by one
/// as they are first followed: of a large schema that is a small part.
final class SchemaTargets: Sendable {
  private struct Open {
    var compiler: SchemaCompiler
    var nodes: [Int: SchemaNode] = [:]
  }

  /// Those that were compiled with the schema.
  private let compiled: [SchemaNode]
  private let open: Mutex<Open>
  /// References that lead nowhere, as far as parts are compiled.
  let unresolvedReferences: [String]

  /// - Parameters:
  ///   - compiler: one that has compiled the root.
  ///   - isSound: whether the targets can wait.
  init(_ compiler: consuming SchemaCompiler, isSound: Bool) throws(JSONSchemaError) {
    compiled = isSound ? [] : try compiler.allTargets()
    unresolvedReferences = compiler.unresolved
    open = Mutex(Open(compiler: compiler))
  }

  subscript(index: Int) -> SchemaNode {
    if index < compiled.count { return compiled[index] }
    return open.withLock { open in
      if let node = open.nodes[index] { return node }
      // No value fits a part that cannot be compiled; a schema that is known to be valid has no such part.
      let node = (try? open.compiler.target(index)) ?? SchemaNode(isFalse: true)
      open.nodes[index] = node
      return node
    }
  }
}
