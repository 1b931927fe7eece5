import Commands
import ConnectorModel
import Engine

/// Where the process begins.
@main
enum Program {
  static func main() { CommandProgram(components: .standard).run() }
}
