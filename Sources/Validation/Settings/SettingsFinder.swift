import Essentials

/// Finds the settings that count for a manifest, and reads each file once.
package struct SettingsFinder {
  private let workingFolder: String
  private var known: [String: Result<ValidationSettings?, SettingsError>] = [:]

  /// - Parameter workingFolder: the folder that relative paths begin at.
  package init(workingFolder: String) { self.workingFolder = workingFolder }

  /// The settings of the nearest folder that has some, from that of the manifest up to the root of its repository, which has a
  /// `.git`. For a manifest outside of any, folders count up to the working folder, if it is in that, or else only its own.
  /// - Parameter manifest: the path of the manifest; `-` counts as one in the working folder.
  /// - Throws: ``SettingsError`` for a file that is wrong.
  package mutating func settings(for manifest: String) throws(SettingsError) -> ValidationSettings? {
    let folder = manifest == "-" ? workingFolder : Self.parent(of: absolute(manifest))
    for candidate in folders(from: folder) {
      if let settings = try settings(in: candidate) { return settings }
    }
    return nil
  }

  /// A path from the root of the file system.
  package func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: workingFolder, isDirectory: true)).standardizedFileURL.path
  }

  private mutating func settings(in folder: String) throws(SettingsError) -> ValidationSettings? {
    if let result = known[folder] { return try result.get() }
    let path = folder == "/" ? "/\(ValidationSettings.fileName)" : "\(folder)/\(ValidationSettings.fileName)"
    guard let data = FileManager.default.contents(atPath: path) else {
      known[folder] = .success(nil)
      return nil
    }
    let shown = path.hasPrefix(workingFolder + "/") ? String(path.dropFirst(workingFolder.count + 1)) : path
    do throws(SettingsError) {
      let settings = try ValidationSettings(parsing: Array(data), path: shown, folder: folder)
      known[folder] = .success(settings)
      return settings
    } catch {
      known[folder] = .failure(error)
      throw error
    }
  }

  private func folders(from folder: String) -> [String] {
    var folders: [String] = []
    var current = folder
    while true {
      folders.append(current)
      if FileManager.default.fileExists(atPath: current == "/" ? "/.git" : "\(current)/.git") { return folders }
      if current == "/" { break }
      current = Self.parent(of: current)
    }
    // No repository.
    guard let end = folders.firstIndex(of: workingFolder) else { return [folder] }
    return Array(folders[...end])
  }

  private static func parent(of path: String) -> String {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    return parent.isEmpty ? "/" : parent
  }
}
