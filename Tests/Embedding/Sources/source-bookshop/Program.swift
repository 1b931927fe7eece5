import LowCode
import SourceBookshop

/// The whole command line, with the bookshop's components.
@main
enum Program {
  static func main() { LowCode.main(components: SourceBookshop.components) }
}
