import Engine
import Programs
import Singer

extension SourceKinds {
  /// The kinds of sources of this version.
  static let standard = SourceKinds([])
}
