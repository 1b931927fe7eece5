/// One of the ways that a template can go.
package struct TemplateBranch: Sendable, Hashable {
  /// What leads there.
  package enum Way: Sendable, Hashable {
    /// A condition that holds.
    case holds
    /// A condition that does not hold.
    case fails
    /// The first operand of `and` or `or`, which does not decide alone.
    case secondOperand
    /// A loop that has something to go through.
    case turn
    /// A loop that has nothing, and an `else`.
    case noTurn
  }

  package let way: Way
  /// Where the condition, the operand or the loop's list is in the template.
  package let position: TemplatePosition
}

/// Is told of the ways that the evaluations of a template go.
package typealias BranchNote = @Sendable (TemplateBranch) -> Void

/// An expression that tells when it is evaluated.
final class NotedNode: Node {
  private let node: any Node
  private let branch: TemplateBranch
  private let note: BranchNote

  init(_ node: any Node, _ branch: TemplateBranch, _ note: @escaping BranchNote) {
    self.node = node
    self.branch = branch
    self.note = note
  }

  var position: TemplatePosition { node.position }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    note(branch)
    return try node.evaluate(&evaluation)
  }
}

/// Tells when what follows it is executed.
final class NoteStatement: StatementNode {
  private let branch: TemplateBranch
  private let note: BranchNote

  init(_ branch: TemplateBranch, _ note: @escaping BranchNote) {
    self.branch = branch
    self.note = note
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) { note(branch) }
}
