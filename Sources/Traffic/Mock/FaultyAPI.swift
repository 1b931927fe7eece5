import ConnectorModel
import JSON
import Synchronization

/// What can go wrong with an API's answers.
package enum Fault: String, CaseIterable, Sendable {
  /// 429 with a `Retry-After`.
  case rateLimit = "rate-limit"
  /// 429 that does not say how long to wait.
  case silentRateLimit = "silent-rate-limit"
  /// 500, 502 or 503.
  case serverError = "server-error"
  /// The connection ends within the head.
  case cutHead = "cut-head"
  /// The connection ends within the body.
  case cutBody = "cut-body"
  /// The body comes slowly.
  case slowBytes = "slow-bytes"
  /// The page before comes once more, and leads to this one again.
  case repeatedPage = "repeated-page"
  /// 401, as if the token had ended early.
  case expiredToken = "expired-token"
  /// Some of the page's records come twice.
  case duplicatedRecords = "duplicated-records"
  /// The page's records come in another order.
  case reorderedRecords = "reordered-records"

  /// Whether a read may give records twice because the API does.
  package var bringsDuplicates: Bool { self == .repeatedPage || self == .duplicatedRecords }
}

/// An API some of whose answers are broken: which of them, and how, depends on a seed and on the request, and not on the order of
/// requests. A request that is repeated is answered at the third attempt at the latest.
package final class FaultyAPI: MockAPI {
  private struct State {
    var attempts: [String: Int] = [:]
    /// The last good answer of a path, and what it was for.
    var last: [String: (request: MockRequest, answer: MockAnswer)] = [:]
    var count = 0
  }

  private let api: any MockAPI
  private let seed: Int
  private let kinds: [Fault]
  private let state = Mutex(State())
  /// So many of a hundred first attempts fail.
  private let share: Int

  /// - Parameters:
  ///   - kinds: what may go wrong.
  ///   - share: how many of a hundred first attempts fail.
  package init(_ api: any MockAPI, seed: Int, kinds: [Fault] = Fault.allCases, share: Int = 30) {
    self.share = share
    self.api = api
    self.seed = seed
    self.kinds = kinds
  }

  /// How many answers were broken.
  package var faults: Int { state.withLock { $0.count } }

  package func answer(_ request: MockRequest) async -> MockAnswer? {
    guard let answer = await api.answer(request) else { return nil }
    guard answer.status < 400 else { return answer }
    let key = "\(request.method) \(request.target)\n\(request.bodyText)"
    let attempt = state.withLock { state in
      state.attempts[key, default: 0] += 1
      return state.attempts[key, default: 1]
    }
    var chance = Chance(seed, key, String(attempt))
    let fault = kinds.isEmpty ? nil : kinds[chance.below(kinds.count)]
    let isHit = chance.below(100) < (attempt == 1 ? share : attempt == 2 ? share / 2 : 0)
    if isHit, let fault, let broken = broken(answer, by: fault, request, &chance) {
      state.withLock { $0.count += 1 }
      return broken
    }
    state.withLock { $0.last[request.place] = (request, answer) }
    return answer
  }

  /// - Returns: nil if the answer cannot be broken in this way.
  private func broken(_ answer: MockAnswer, by fault: Fault, _ request: MockRequest, _ chance: inout Chance) -> MockAnswer? {
    var broken = answer
    switch fault {
    case .rateLimit:
      return MockAnswer(
        status: 429, json: ["error": "rate limit"], headers: [("Retry-After", String(1 + chance.below(5)))])
    case .silentRateLimit: return MockAnswer(status: 429, json: ["error": "rate limit"])
    case .serverError: return MockAnswer(status: [500, 502, 503][chance.below(3)], json: ["error": "server error"])
    case .expiredToken:
      guard request.header("Authorization") != nil else { return nil }
      return MockAnswer(
        status: 401, json: ["error": "invalid_token"], headers: [("WWW-Authenticate", "Bearer error=\"invalid_token\"")])
    case .cutHead: broken.damage = .cutHead
    case .cutBody:
      guard answer.body.count > 1 else { return nil }
      broken.damage = .cutBody(1 + chance.below(998))
    case .slowBytes: broken.damage = .slow(0.2)
    case .repeatedPage:
      guard let last = state.withLock({ $0.last[request.place] }), last.request.target != request.target,
        Self.leads(last, to: request)
      else { return nil }
      return last.answer
    case .duplicatedRecords:
      let most = answer.mostRecords
      let isChanged = Self.change(&broken) { records in
        let room = most.map { max($0 - records.count, 0) } ?? .max
        records += records.prefix(min((records.count + 1) / 2, room))
      }
      guard isChanged else { return nil }
    case .reorderedRecords:
      // The last one stays, since paginators go on from it.
      guard Self.change(&broken, { records in records = records.dropLast().reversed() + records.suffix(1) }) else { return nil }
    }
    return broken
  }

  /// Whether an answer names the page that a request asks for.
  private static func leads(_ last: (request: MockRequest, answer: MockAnswer), to request: MockRequest) -> Bool {
    let text = String(decoding: last.answer.body, as: UTF8.self) + last.answer.headers.map(\.value).joined(separator: "\n")
    if text.contains(request.url) { return true }
    // Whatever else differs tells that the answer was for another partition or window.
    let changed = request.query.filter { last.request.parameter($0.name) != $0.value }
    return !changed.isEmpty && changed.allSatisfy { $0.value.count >= 6 && text.contains($0.value) }
  }

  /// Changes the longest list of objects in a body.
  private static func change(_ answer: inout MockAnswer, _ change: (inout [JSONValue]) -> Void) -> Bool {
    guard var body = try? JSONValue(parsing: answer.body), let path = longestList(in: body)?.path,
      var records = body.value(at: path)?.array
    else { return false }
    let before = records
    change(&records)
    guard records != before else { return false }
    body.place(.array(records), at: path)
    answer.body = Array(body.jsonText.utf8)
    return true
  }

  private static func longestList(in value: JSONValue) -> (path: [String], count: Int)? {
    if let elements = value.array { return elements.first?.object == nil ? nil : ([], elements.count) }
    var best: (path: [String], count: Int)?
    for (key, member) in value.object ?? [:] {
      guard let found = longestList(in: member), found.count > best?.count ?? 0 else { continue }
      best = ([key] + found.path, found.count)
    }
    return best
  }
}

extension MockAnswer.Damage {
  /// In a few words, for logs.
  package var words: String {
    switch self {
    case .noAnswer: "connection closed without an answer"
    case .bytes: "bytes that are no answer"
    case .cutHead: "cut within the head"
    case .cutBody(let part): "cut after \(part / 10) % of the body"
    case .slow: "sent slowly"
    }
  }
}
