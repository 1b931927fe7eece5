import LowCode

/// How the clinic gives out its pages: each has a ticket such as `900-377`, and the next one is asked for by the difference of its numbers,
/// written backwards: `325`. On the last page the difference is 0.
struct Tickets: Paging {
  func next(after page: WebPage?) throws -> NextPage? {
    guard let page else { return NextPage() }
    let numbers = (page.json["ticket"]?.string ?? "").split(separator: "-").compactMap { Int($0) }
    guard numbers.count == 2 else { throw ConnectorError(.system, "The clinic gave no ticket for its next page") }
    let difference = abs(numbers[0] - numbers[1])
    return difference == 0 ? nil : NextPage(parameters: [("ticket", String("\(difference)".reversed()))])
  }
}
