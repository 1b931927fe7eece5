/// The processor that images are for: the one of the running machine.
struct Architecture {
  /// As OCI images name it.
  let name: String
  /// As Debian names the folder of its libraries.
  let folder: String
  /// As ELF files number it.
  let machine: Int

  #if arch(arm64)
    static let current = Architecture(name: "arm64", folder: "aarch64-linux-gnu", machine: 183)
  #else
    static let current = Architecture(name: "amd64", folder: "x86_64-linux-gnu", machine: 62)
  #endif
}
