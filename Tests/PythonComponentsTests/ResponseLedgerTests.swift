import ConnectorModel
import Foundation
import Testing

@testable import PythonComponents

@Suite struct ResponseLedgerTests {
  /// New responses take the places in memory of old ones, which must be released all the same.
  @Test func everyResponseThatIsGoneIsReleased() {
    let ledger = ResponseLedger()
    var numbers: [Int] = []
    for page in 0..<200 {
      let response = HTTPResponse(
        status: 200, headers: HTTPHeaders(), body: Data("page \(page)".utf8), url: "https://api.example.com/\(page)")
      guard case .int(let number)? = ledger.mention(response).fields["rid"] else {
        Issue.record("Page \(page) has no number.")
        continue
      }
      numbers.append(number)
    }
    #expect(ledger.takeUnused().sorted() == numbers)
    #expect(ledger.takeUnused().isEmpty)
  }

  @Test func aResponseThatIsHeldKeepsItsNumber() {
    let ledger = ResponseLedger()
    let response = HTTPResponse(status: 200, headers: HTTPHeaders(), body: Data(), url: "https://api.example.com")
    let first = ledger.mention(response)
    #expect(first.fields["response"] != nil)
    #expect(ledger.takeUnused().isEmpty)
    let second = ledger.mention(response)
    #expect(second.fields["rid"] == first.fields["rid"])
    #expect(second.fields["response"] == nil)
    withExtendedLifetime(response) {}
  }
}
