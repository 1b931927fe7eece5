import Essentials
import Validation

/// The settings that count for each manifest that is validated, from a file that was named or from those beside the manifests.
struct ChosenSettings {
  private let named: String?
  private let isOff: Bool
  private var finder = SettingsFinder(workingFolder: FileManager.default.currentDirectoryPath)

  init(configFile: String?, isOff: Bool) {
    named = configFile
    self.isOff = isOff
  }

  /// The manifests to check, and the settings of each.
  struct Choice {
    var files: [String] = []
    var settings: [ValidationSettings?] = []
    /// Whether none was left out.
    var isComplete = true
  }

  /// - Parameter named: the manifests that the user named one by one, about which it says so if they are left out.
  /// - Throws: ``SettingsError`` for a file that is wrong, ``ConnectorError`` for one that cannot be read.
  mutating func choose(for files: [String], named names: Set<String>) throws -> Choice {
    var choice = Choice()
    let own = try self.named.map { path in
      try ValidationSettings(
        parsing: InputFile.bytes(path, "config file"), path: path,
        folder: path == "-" ? FileManager.default.currentDirectoryPath : InputFile.absolute(path + "/.."))
    }
    for file in files {
      let settings = isOff ? nil : try own ?? finder.settings(for: file)
      if let settings, file != "-", settings.ignores(finder.absolute(file)) {
        choice.isComplete = false
        if names.contains(file) { StandardOutput.tell("note: \(file) is left out, as \(settings.path) says") }
        continue
      }
      choice.files.append(file)
      choice.settings.append(settings)
    }
    return choice
  }
}
