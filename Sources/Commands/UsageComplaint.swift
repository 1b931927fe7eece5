import ArgumentParser
import Manifest

/// What is wrong with a command line, where the parser's words would mislead.
enum UsageComplaint {
  /// - Parameter text: what the parser says, whose first line is the error.
  static func improved(_ text: String, _ arguments: [String], of root: any ParsableCommand.Type) -> String {
    guard let better = negative(text, arguments) ?? misspelt(text, arguments, of: root) else { return text }
    let rest = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
    return (["Error: \(better)"] + rest.map(String.init)).joined(separator: "\n")
  }

  /// The parser takes a negative number for an option, and then misses the value.
  private static func negative(_ text: String, _ arguments: [String]) -> String? {
    let beginning = "Error: Missing value for '"
    guard text.hasPrefix(beginning) else { return nil }
    let option = text.dropFirst(beginning.count).prefix { $0 != "'" }
    let name = option.prefix { $0 != " " }
    guard let place = arguments.firstIndex(of: String(name)), place + 1 < arguments.count else { return nil }
    let value = arguments[place + 1]
    guard value.first == "-", value.dropFirst().first?.isNumber == true else { return nil }
    return "The value '\(value)' is invalid for '\(option)'"
  }

  /// The parser names what is missing first, which may be there with a misspelt option before it.
  private static func misspelt(_ text: String, _ arguments: [String], of root: any ParsableCommand.Type) -> String? {
    guard text.hasPrefix("Error: Missing expected argument") else { return nil }
    var command = root
    for argument in arguments {
      guard let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == argument }) else { break }
      command = next
    }
    let known = options(of: command, in: root)
    for argument in arguments.prefix(while: { $0 != "--" }) where argument.hasPrefix("--") {
      let name = String(argument.prefix { $0 != "=" })
      guard !known.contains(name) else { continue }
      let suggestion = NameSuggestion.nearest(to: name, among: known.sorted()).map { ". Did you mean '\($0)'?" }
      return "Unknown option '\(name)'\(suggestion ?? "")"
    }
    return nil
  }

  private static func options(of command: any ParsableCommand.Type, in root: any ParsableCommand.Type) -> Set<String> {
    let help = root.helpMessage(for: command, includeHidden: true, columns: 1_000)
    let words = help.split { !($0.isLetter || $0.isNumber || $0 == "-") }
    return Set(words.filter { $0.hasPrefix("--") }.map(String.init))
  }
}
