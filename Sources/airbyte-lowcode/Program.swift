import Concurrency
import Packaging

/// Where the process begins: an executable that carries a connector is that connector, any other offers every command.
@main
enum Program {
  static func main() {
    // Before any file could get its number.
    let output = StandardOutput.descriptor
    let arguments = ImageLayout.arguments(CommandLine.arguments)
    let speaksProtocol = GivenCommand.speaksProtocol(arguments)
    SystemLimits.prepare(trace: speaksProtocol ? output : nil)
    TaskThreads.run {
      if OwnPackage.isThere {
        await CommandRunner.main(PackagedConnector.self, arguments)
      } else {
        await CommandRunner.main(AirbyteLowcode.self, arguments)
      }
    }
  }
}
