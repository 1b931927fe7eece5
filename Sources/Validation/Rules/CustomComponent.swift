import Manifest
import PythonComponents

/// A custom component is Python code, which has to be permitted and to be where its class name says.
struct CustomComponent: Rule {
  static let name = "custom-component"
  static let summary = "A component is Python code, which has to be there and to be allowed to run."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    let modules = PythonModules(beside: subject.files)
    var looks: [String: PythonModules.Look] = [:]
    for visit in subject.components where visit.isCustom {
      guard let name = visit["class_name"], let text = name.string, !subject.hasClass(text) else { continue }
      let look = looks[text] ?? modules?.look(for: text) ?? .library
      looks[text] = look
      report(look, text, visit, at: name, &findings)
    }
  }

  private func report(
    _ look: PythonModules.Look, _ className: String, _ visit: ComponentVisit, at name: ManifestNode, _ findings: inout FindingList
  ) {
    let short = className.split(separator: ".").last.map(String.init) ?? className
    switch look {
    case .noModule(let module):
      findings.warnOnce(
        className, "the class `\(short)` needs the module `\(module)`, which is not beside the manifest", at: name,
        remedy: "put it there, or name it with `--components-path`")
    case .noClass(let file, let others):
      findings.warnOnce(
        className, "\(file) has no class `\(short)`", at: name,
        remedy: findings.suggestion(for: short, among: others).map(Remedy.name))
    case .found, .library:
      findings.warnOnce(
        "", "`\(visit.type)` is Python code, which runs only if `\(ComponentCode.permission)=true` is set", at: name)
    }
  }
}
