import JSON

extension RequestParts {
  /// Hides credentials from all lines from now on. A template may have computed them from secrets of the config, which are hidden
  /// as they stand there only.
  func hideCredentials(from log: any LogSink) {
    for place in [parameters, headers, bodyJSON] { log.hideCredential(.object(place)) }
    log.hideCredential(bodyData)
  }
}

extension LogSink {
  /// Hides a credential, or all that an object or a list of them holds.
  func hideCredential(_ value: JSONValue) {
    switch value {
    case .null, .bool: break
    case .object(let members): members.values.forEach(hideCredential)
    case .array(let elements): elements.forEach(hideCredential)
    default:
      let text = PythonStrings.str(value)
      hide(text)
      // Behind a scheme such as `Bearer` (RFC 9110 §11.4).
      if let space = text.firstIndex(of: " ") { hide(String(text[text.index(after: space)...])) }
    }
  }

  /// What is shorter is not worth a line that cannot be read.
  private func hide(_ text: String) {
    if text.utf8.count >= 4 { addPassingSecret(text) }
  }
}
