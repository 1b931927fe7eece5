/// A command of a connector.
package enum Command: String, Sendable {
  case spec, check, discover, read
  /// Another read, from the states that `read` ended with.
  case resume
}
