/// A value that objects of templates change while one evaluation runs: the place of a loop, the bindings of a scope.
///
/// Sound as `Sendable`: what holds one lies in the variables and containers of its evaluation alone. An evaluation runs in one task
/// and never hands those out, as no result holds an object. So there is no lock, which each variable that is read would pay for.
final class Confined<State>: @unchecked Sendable {
  var state: State

  init(_ state: State) { self.state = state }
}
