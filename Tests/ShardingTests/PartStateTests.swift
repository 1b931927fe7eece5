import ConnectorModel
import JSON
import Testing

@testable import Sharding

@Suite("States of parts")
struct PartStateTests {
  private func windows(_ count: Int, partitions: [JSONObject]) -> [PartSlice] {
    partitions.enumerated().flatMap { index, partition in
      (0..<count).map { window in
        PartSlice(
          place: 3 * (index * count + window),
          slice: StreamSlice(
            partition: partition, cursorSlice: ["start_time": .string("\(window)0"), "end_time": .string("\(window)9")]))
      }
    }
  }

  private func position(_ slice: PartSlice) -> JSONObject {
    ["start": slice.slice.cursorSlice["start_time"] ?? .null, "end": slice.slice.cursorSlice["end_time"] ?? .null]
  }

  @Test(
    "Come back as they were, whichever slices were read",
    arguments: [[[:]], [["id": 1], ["id": 2], ["id": 3]]] as [[JSONObject]])
  func roundTrip(_ partitions: [JSONObject]) throws {
    let slices = windows(2, partitions: partitions)
    for mask in 0..<(1 << slices.count) {
      let read = slices.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element)
      let state = PartState(
        division: "d", number: 4, time: 17, positions: Dictionary(uniqueKeysWithValues: read.map { ($0.place, position($0)) }))
      let json = try #require(try JSONValue(parsing: JSONValue.object(state.json(of: slices, hasWindows: true)).jsonText).object)
      #expect(PartState(json, of: slices, hasWindows: true) == state)
    }
  }

  @Test("Have the form of other states")
  func form() {
    let slices = windows(2, partitions: [["id": 1], ["id": 2]])
    let state = PartState(
      division: "d", number: 0, time: 5,
      positions: [0: position(slices[0]), 3: position(slices[1]), 9: position(slices[3])])
    #expect(
      JSONValue.object(state.json(of: slices, hasWindows: true)).jsonText
        == #"{"states":[{"partition":{"id":1},"cursor":{"state_type":"date-range","slices":[{"start":"00","end":"09"},"#
        + #"{"start":"10","end":"19"}]}},{"partition":{"id":2},"cursor":{"state_type":"date-range","slices":[{"start":"10","end":"19"}]}}],"#
        + #""part":{"division":"d","number":0,"read":[[0,0],[3,3],[9,9]],"until":5}}"#)
  }

  @Test(
    "Others are refused",
    arguments: [
      "{}", #"{"part":1}"#, #"{"part":{"division":"d","number":0}}"#,
      #"{"part":{"division":"d","number":0,"until":1,"read":[[0,1]]}}"#,
      #"{"part":{"division":"d","number":0,"until":1,"read":[[0,99999999999]]}}"#,
      #"{"part":{"division":"d","number":0,"until":1,"read":[[3,0]]}}"#,
      #"{"part":{"division":"d","number":0,"until":1,"read":[[0,0]]},"states":[{"partition":{"id":1},"cursor":{"slices":[]}}]}"#,
    ])
  func refused(_ text: String) throws {
    let slices = windows(2, partitions: [["id": 1], ["id": 2]])
    #expect(PartState(try #require(try JSONValue(parsing: text).object), of: slices, hasWindows: true) == nil)
  }

  @Test("Numbers as ranges", arguments: [([], "[]"), ([0, 1, 2, 5], "[[0,2],[5,5]]"), ([7], "[[7,7]]")])
  func ranges(_ numbers: [Int], _ text: String) {
    #expect(PartRanges.json(numbers).jsonText == text)
    #expect(PartRanges.numbers(PartRanges.json(numbers), below: 8) == numbers)
  }
}
