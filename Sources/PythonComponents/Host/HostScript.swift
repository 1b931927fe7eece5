/// The host for Python, which is embedded in this program.
enum HostScript {
  /// What Python is started with: it reads the host from the pipe, so that no file has to be found, and runs it. The folder that the
  /// process is in is no place for modules: a file in it must not take the place of one that the host imports.
  static let bootstrap = """
    import os, sys
    sys.path[:] = [path for path in sys.path if path]
    def read(count):
        text = b""
        while len(text) < count:
            piece = os.read(3, count - len(text))
            if not piece:
                os._exit(0)
            text += piece
        return text
    exec(compile(read(int.from_bytes(read(4), "little")), "host.py", "exec"))
    """

  /// What is written before all frames: the length of the host's text in four bytes, and the text.
  static var bytes: [UInt8] {
    let text = PackageResources.host_py
    return withUnsafeBytes(of: UInt32(text.count).littleEndian) { Array($0) } + text
  }
}
