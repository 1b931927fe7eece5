import ArgumentParser
import Manifest

/// The command that a command line asks for, before its arguments are parsed.
enum GivenCommand {
  /// `arguments` with the options before the command moved after it.
  /// - Throws: ``ValidationError`` if there is no such command.
  static func arranged(_ arguments: [String], of root: any ParsableCommand.Type) throws -> [String] {
    let commands = names(of: root)
    guard let first = arguments.first, !commands.contains(first) else { return arguments }
    guard first.hasPrefix("-") else { throw ValidationError(complaint(first, commands)) }
    guard !["-h", "--help", "-help", "--version"].contains(first), !first.hasPrefix("--generate"),
      !first.hasPrefix("--experimental"),
      let place = arguments.firstIndex(where: commands.contains)
    else { return arguments }
    return [arguments[place]] + arguments[..<place] + arguments[(place + 1)...]
  }

  /// Whether the command is one whose output is messages, those about what ends the process included.
  static func speaksProtocol(_ arguments: [String]) -> Bool {
    let commands = names(of: AirbyteLowcode.self)
    return arguments.first(where: commands.contains).map(["spec", "check", "discover", "read"].contains) ?? false
  }

  private static func names(of root: any ParsableCommand.Type) -> [String] {
    root.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
  }

  private static func complaint(_ word: String, _ commands: [String]) -> String {
    if InputFile.exists(word) {
      return
        "'\(word)' is a file where a command belongs: say what to do with it, as in `\(CommandProgram.name) validate \(word)`."
    }
    let list = commands.dropLast().joined(separator: ", ")
    return "There is no command '\(word)'."
      + (NameSuggestion.nearest(to: word, among: commands).map { " Did you mean '\($0)'?" } ?? " The commands are \(list).")
  }
}
