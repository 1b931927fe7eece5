import Authoring
import ConnectorModel
import Essentials
import JSON
import Jinja
import Manifest
import Templating
import Validation

/// Evaluates template after template as they are typed.
struct TemplatePrompt {
  private let trial: TemplateTrial
  private var kind: TemplateKind

  init(_ trial: TemplateTrial) {
    self.trial = trial
    kind = trial.kind
  }

  private static let commands = [":as", ":help", ":quit", ":vars"]
  private static let help = """
    A line is a template, or an expression without braces: config.start_date, or "{{ config.start_date }}".
    Tab completes names, the arrows go through earlier lines.
      :vars       the variables, and the keys of each
      :as KIND    what becomes of the lines: \(TemplateKind.allCases.map(\.rawValue).joined(separator: ", "))
      :quit       ends, as Ctrl-D does
    """

  /// Answers lines until there are no more.
  mutating func run() throws {
    guard LineEditor.isPossible(environment: ProcessInfo.processInfo.environment) else {
      while let line = readLine() { if try !answer(line) { return } }
      return
    }
    StandardOutput.tell(lines: "Templates; :help says what can be typed.")
    let trial = trial
    var editor = LineEditor(prompt: "> ") { Self.completion(of: $0, in: trial) }
    while let line = editor.line() { if try !answer(line) { return } }
  }

  /// - Returns: whether there is to be a next line.
  /// - Throws: ``OutputClosed`` if nothing can be written any more.
  private mutating func answer(_ line: String) throws -> Bool {
    let text = line.trimmed(.whitespaces)
    let words = text.split(separator: " ").map { String($0) }
    switch words.first {
    case nil: return true
    case ":quit"?: return false
    case ":help"?: StandardOutput.tell(lines: Self.help)
    case ":vars"?:
      StandardOutput.tell(lines: trial.variables.map { Self.described($0, trial.value(at: [$0])) }.joined(separator: "\n"))
    case ":as"?:
      if let kind = words.dropFirst().first.flatMap({ TemplateKind(rawValue: $0) }) {
        self.kind = kind
      } else {
        StandardOutput.tell("error: `:as` needs one of \(TemplateKind.allCases.map(\.rawValue).joined(separator: ", "))")
      }
    case let word? where word.hasPrefix(":"):
      let near = NameSuggestion.nearest(to: word, among: Self.commands)
      StandardOutput.tell(
        "error: there is no command `\(word)`" + (near.map { "; did you mean `\($0)`?" } ?? "; `:help` lists them"))
    default: try evaluate(text)
    }
    return true
  }

  private func evaluate(_ text: String) throws {
    let isMapping = kind == .mapping || kind == .nested
    let template = text.contains("{") || isMapping ? text : "{{ \(text) }}"
    let value: JSONValue
    do {
      value = try trial.evaluate(template, as: kind)
    } catch let error as ConnectorError {
      return StandardOutput.tell("error: \(error.sentence)")
    }
    try StandardOutput.write(json: value.jsonText)
  }

  /// A variable and its keys: values may be secrets.
  private static func described(_ name: String, _ value: JSONValue?) -> String {
    guard let keys = value?.object?.keys, !keys.isEmpty else { return name }
    return "\(name): \(keys.joined(separator: ", "))"
  }

  // MARK: Completion

  private static func completion(of text: String, in trial: TemplateTrial) -> LineEditor.Completion {
    if text.hasPrefix(":") {
      return LineEditor.Completion(names: commands.filter { $0.hasPrefix(text) }, replaced: text.count, suffix: " ")
    }
    guard let place = TemplateCompletion(text, isExpression: !text.contains("{")) else { return LineEditor.Completion() }
    let names: [String]
    var suffix = ""
    switch place.kind {
    case .name: names = trial.variables + Environment.lowCode.globals.keys
    case .filter: names = Array(Environment.lowCode.filters.keys)
    case .test: names = Array(Environment.lowCode.tests.keys)
    case .tag: names = TemplateCompletion.tags
    case .member(let path):
      names = (trial.value(at: path)?.object?.keys).map { Array($0) } ?? []
      suffix = place.quote.map { "\($0)" + (text.contains(".get(") ? "" : "]") } ?? ""
    }
    return LineEditor.Completion(
      names: Set(names).filter { $0.hasPrefix(place.prefix) }.sorted(), replaced: place.prefix.count, suffix: suffix)
  }
}
