extension FileManager {
  /// Whether there is a folder at a path; nil if there is nothing. Links are followed.
  package func isFolder(atPath path: String) -> Bool? {
    #if canImport(FoundationEssentials)
      var isFolder = false
      return fileExists(atPath: path, isDirectory: &isFolder) ? isFolder : nil
    #else
      var isFolder: ObjCBool = false
      return fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
    #endif
  }
}
