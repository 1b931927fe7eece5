import Components
import ConnectorModel

extension ComponentRegistry {
  /// Every component that this version can run.
  public static let standard = ComponentRegistry(reading + running, rules: CompositionRules(CompositionRules.reading))

  /// Those of the manifest's top level, which belong to the commands. Adding one means adding its file and its line here.
  private static let running: [any Component.Type] = [
    CheckDynamicStream.self,
    CheckStream.self,
    ConcurrencyLevel.self,
    DynamicStreamCheckConfig.self,
    Spec.self,
  ]
}
