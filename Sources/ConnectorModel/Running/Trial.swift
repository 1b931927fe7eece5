/// A run that only tries a stream: little of it is read, one thing after the other. Nothing is sent again or kept for later, as whoever
/// looks on wants to see each request.
package struct Trial: Sendable {
  /// How many slices are read at most, of the stream and of each of its parents.
  package var slices: Int
  /// How many pages of a slice are read at most.
  package var pages: Int
  /// Learns what is done.
  package var observer: any TrialObserver

  package init(slices: Int, pages: Int, observer: any TrialObserver) {
    self.slices = slices
    self.pages = pages
    self.observer = observer
  }
}

/// Learns what a trial does, in order. What it reads is written as ever.
package protocol TrialObserver: Sendable {
  /// A slice of the stream is read from here on.
  func begins(_ slice: StreamSlice)
  /// A request was answered.
  /// - Parameters:
  ///   - response: with its whole body.
  ///   - request: as it was sent, after redirects.
  ///   - action: what is done about the response.
  func answered(_ response: HTTPResponse, to request: HTTPRequest, _ action: ResponseAction)
}
