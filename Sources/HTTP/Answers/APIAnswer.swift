import AirbyteProtocol
import ConnectorModel
import Essentials
import Secrets

/// What an API said in a response that means a failure, as errors and log lines quote it: the one place where that is done.
package struct APIAnswer {
  /// The message found in the body, without secrets; nil if there is none.
  package let words: String?
  /// How the body begins, without secrets; nil if it is empty, or may not be shown.
  package let excerpt: String?
  /// The message as it was received, to check whether a text already has it.
  private let first: String?
  private let body: BodyText
  private let isQuoted: Bool

  /// The most characters that are quoted of a body where its message was found, or for the manifest's author.
  private static let longest = 1_000
  /// The most characters that are quoted of a body in a message for the user.
  private static let longestInMessage = 300

  package init(_ response: HTTPResponse, hiding secrets: any Secrets) {
    let quotation = secrets.quotation
    body = BodyText(response)
    let found = ErrorWords(in: response, body: body)
    first = found.first
    let text = BodyText.line(quotation.words.masked(found.texts.joined(separator: ", ")))
    words = text.isEmpty ? nil : quotation.words.excerpt(of: text, upTo: Self.longest)
    isQuoted = !response.isSuccess || quotation.quotesGoodAnswers
    excerpt = isQuoted ? body.excerpt(hiding: quotation.body, upTo: Self.longest) : nil
  }

  /// A sentence for the user: the message, else the body's beginning, else what is wrong with it; nil if nothing may be said.
  package var sentence: String? {
    if let words { return "The API says: \(words)" }
    guard isQuoted else { return nil }
    guard let excerpt else { return body.description }
    let isLong = excerpt.count > Self.longestInMessage
    return "The API says: \(isLong ? excerpt.prefix(Self.longestInMessage) + "…" : excerpt)"
  }

  /// The message and the body's beginning, for the log and the manifest's author; nil if nothing may be said.
  package var detail: String? {
    switch (words, excerpt) {
    case (let words?, let excerpt?): words == excerpt ? words : Self.sentences(words, "Its body: \(excerpt)")
    case (let words?, nil): words
    case (nil, let excerpt?): excerpt
    case (nil, nil): isQuoted ? body.description : nil
    }
  }

  /// `message` with what the API says behind it, unless it says that already.
  package func added(to message: String) -> String {
    if let first, message.contains(first) { return message }
    return sentence.map { Self.sentences(message, $0) } ?? message
  }

  /// An error about this answer.
  package func error(_ message: String, _ type: FailureType = .system) -> ConnectorError {
    ConnectorError(type, added(to: message), internalMessage: detail.map { Self.sentences(message, $0) } ?? message)
  }

  /// A text and a sentence behind it.
  package static func sentences(_ text: String, _ next: String) -> String {
    let text = text.trimmed(.whitespacesAndNewlines)
    guard let last = text.last else { return next }
    return text + (".!?:;…".contains(last) ? " " : ". ") + next
  }
}

extension RuntimeEnvironment {
  /// An error about a response that is of no use, which is logged as well.
  package func refusal(_ message: String, _ response: HTTPResponse) -> ConnectorError {
    let error = APIAnswer(response, hiding: secrets).error(message)
    log.log(.error, error.internalMessage ?? error.message)
    return error
  }
}
