/// What a replay does with requests that its recording has no answer to, in the terms of VCR.
package enum ReplayMode: String, CaseIterable, Sendable {
  /// They are errors.
  case none
  /// They go to the network, and are added to the recording.
  case newEpisodes = "new_episodes"
  /// They are errors, if there is a recording; without one, all requests go to the network and are recorded.
  case once
  /// All requests go to the network, and the recording is made anew.
  case all
}
