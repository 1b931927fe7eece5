/// Types of components that earlier versions of the manifest language had.
enum DroppedTypes {
  /// By name, the version of the reference that dropped it, and what takes its place.
  static let all: [String: (version: String, remedy: Remedy)] = [
    "CustomIncrementalSync": (
      "7.0.0", "use a `DatetimeBasedCursor`, or an `IncrementingCountCursor` for a cursor that is a number"
    )
  ]
}
