import Engine
import Programs
import Singer

extension SourceKinds {
  /// The kinds of sources of this version, beside declarative ones.
  package static let standard = SourceKinds([ProcessSourceKind(), CombinedSourceKind(), SingerKind()])
}
