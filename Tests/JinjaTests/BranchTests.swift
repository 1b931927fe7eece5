import Jinja
import Synchronization
import Testing

/// The ways that templates can go, and which of them an evaluation goes.
@Suite struct BranchTests {
  private final class Ways: Sendable {
    private let taken = Mutex<[String]>([])

    var texts: [String] { taken.withLock { $0 } }

    func note(_ branch: TemplateBranch) { taken.withLock { $0.append(BranchTests.text(branch)) } }
  }

  private static func text(_ branch: TemplateBranch) -> String {
    "\(branch.way) \(branch.position.line):\(branch.position.column)"
  }

  @Test(arguments: [
    ("{{ x }}", [] as [String], [] as [String]),
    ("{{ 'a' if x.y == 1 else 'b' }}", ["holds 1:11", "fails 1:11"], ["fails 1:11"]),
    ("{{ 'a' if not x.z }}", ["holds 1:11", "fails 1:11"], ["holds 1:11"]),
    ("{{ x.z or x.y }}", ["secondOperand 1:11"], ["secondOperand 1:11"]),
    ("{{ x.y and x.z }}", ["secondOperand 1:12"], ["secondOperand 1:12"]),
    ("{{ x.y or x.z }}", ["secondOperand 1:11"], []),
    (
      "{% if x.z %}1{% elif x.y %}2{% else %}3{% endif %}", ["holds 1:7", "holds 1:22", "fails 1:22"],
      ["holds 1:22"]
    ),
    ("{% if x.z %}1{% endif %}", ["holds 1:7", "fails 1:7"], ["fails 1:7"]),
    ("{% for i in [1, 2] %}{{ i }}{% else %}none{% endfor %}", ["turn 1:13", "noTurn 1:13"], ["turn 1:13", "turn 1:13"]),
    ("{% for i in [] %}{{ i }}{% endfor %}", ["turn 1:13"], []),
    (
      "{% if x.y\n  %}{{ 1 if x.y else 2 }}{% endif %}", ["holds 1:7", "holds 2:13", "fails 2:13", "fails 1:7"],
      ["holds 1:7", "holds 2:13"]
    ),
  ])
  func evaluationsTellOfTheirWays(source: String, all: [String], taken: [String]) throws {
    let ways = Ways()
    let template = try Template(source) { ways.note($0) }
    #expect(template.branches.map(Self.text) == all)
    var context = Context()
    context.add(Symbol("x"), Value(["y": 2, "z": ""]))
    let text = try template.render(context)
    #expect(ways.texts == taken)
    // Whether anybody follows makes no difference.
    let plain = try Template(source)
    #expect(try plain.render(context) == text)
    #expect(plain.branches.isEmpty)
  }
}
