import ArgumentParser

/// How an answer is printed: for people, or as data.
enum AnswerFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}
