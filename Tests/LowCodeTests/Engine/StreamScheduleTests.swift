import Testing

@testable import Engine

@Suite("Which stream is read next") struct StreamScheduleTests {
  private typealias Entry = StreamSchedule.Entry

  private enum Step {
    /// The streams that may begin now, in order.
    case begin([String])
    case listed(String)
    case finished(String)
  }

  private func run(_ entries: [Entry], _ steps: [Step]) {
    var schedule = StreamSchedule(entries)
    func place(_ name: String) -> Int { entries.firstIndex { $0.name == name } ?? -1 }
    for (number, step) in steps.enumerated() {
      switch step {
      case .begin(let names):
        var begun: [String] = []
        while let place = schedule.next() { begun.append(entries[place].name) }
        #expect(begun == names, "step \(number)")
      case .listed(let name): schedule.listed(place(name))
      case .finished(let name): schedule.finished(place(name))
      }
    }
    #expect(schedule.isEmpty)
  }

  @Test("streams without groups begin in their order")
  func free() { run([Entry(name: "a"), Entry(name: "b"), Entry(name: "c")], [.begin(["a", "b", "c"])]) }

  @Test("streams of a group begin one after the other, others beside them")
  func group() {
    run(
      [Entry(name: "a", group: "g"), Entry(name: "b", group: "g"), Entry(name: "c"), Entry(name: "d", group: "h")],
      [.begin(["a", "c", "d"]), .listed("a"), .begin([]), .finished("c"), .begin([]), .finished("a"), .begin(["b"])])
  }

  @Test("streams that wait go to the end of the queue")
  func rotation() {
    run(
      [Entry(name: "a", group: "g"), Entry(name: "b", group: "g"), Entry(name: "c", group: "g")],
      [.begin(["a"]), .begin([]), .finished("a"), .begin(["b"]), .finished("b"), .begin(["c"])])
  }

  @Test("a parent in a group is busy until its child has listed its partitions")
  func parent() {
    run(
      [Entry(name: "kids", parents: ["a"]), Entry(name: "a", group: "g"), Entry(name: "b", group: "g")],
      [.begin(["kids"]), .listed("kids"), .begin(["a"]), .finished("kids"), .begin([]), .finished("a"), .begin(["b"])])
  }

  @Test("a child waits for a parent in a group that is being read")
  func child() {
    run(
      [Entry(name: "a", group: "g"), Entry(name: "kids", parents: ["a"])],
      [.begin(["a"]), .listed("a"), .begin([]), .finished("a"), .begin(["kids"])])
  }

  @Test("a parent without a group is read beside its child, and two children beside each other")
  func ungroupedParent() {
    run(
      [Entry(name: "one", parents: ["a"]), Entry(name: "two", parents: ["a"]), Entry(name: "a")],
      [.begin(["one", "two", "a"])])
  }

  @Test("two children of a parent in a group list their partitions one after the other")
  func siblings() {
    run(
      [Entry(name: "one", parents: ["a"]), Entry(name: "two", parents: ["a"]), Entry(name: "a", group: "g")],
      [.begin(["one"]), .listed("one"), .begin(["two"]), .listed("two"), .begin(["a"])])
  }

  @Test("a child in the group of its parent keeps the group busy until it is read")
  func family() {
    run(
      [Entry(name: "kids", group: "g", parents: ["a"]), Entry(name: "a", group: "g")],
      [.begin(["kids"]), .listed("kids"), .begin([]), .finished("kids"), .begin(["a"])])
  }
}
