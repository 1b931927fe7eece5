import Foundation
import JSON
import Synchronization

@testable import AirbyteProtocol
@testable import ConnectorModel
@testable import Manifest

/// Makes components that do what a table says, as another language would: page by page, and several steps in one call.
final class ForeignComponents: CustomComponents {
  /// What a step does with one record; nil drops it.
  typealias Work = @Sendable (JSONObject) throws -> JSONObject?

  private let works: [String: Work]
  private let found: [String]
  private let settled: JSONObject?
  private let noted = Mutex<[String]>([])

  /// - Parameters:
  ///   - works: what the classes of steps do.
  ///   - found: what an extractor finds in any response, as JSON values; without an end if there is none.
  ///   - settled: the config after components were made; nil if they leave it.
  init(_ works: [String: Work] = [:], found: [String] = [], settled: JSONObject? = nil) {
    self.works = works
    self.found = found
    self.settled = settled
  }

  /// The calls that were made, each with its steps and the number of records.
  var calls: [String] { noted.withLock { $0 } }
  fileprivate func note(_ call: String) { noted.withLock { $0.append(call) } }

  func prepare(_ nodes: [ManifestNode], in scope: BuildScope) async throws -> JSONObject? { settled }

  func component(for node: ComponentNode, in scope: BuildScope) throws -> (any Sendable)? {
    let name = try node.string("class_name")
    switch node.type {
    case "CustomRecordExtractor": return Extractor(owner: self, items: found)
    case "CustomStateMigration": return Migration(owner: self, name: name)
    default: return works[name].map { Steps(owner: self, names: [name], works: [$0]) }
    }
  }

  fileprivate struct Steps: PageStep, RecordTransformation, RecordCondition, SchemaNormalization {
    let owner: ForeignComponents
    var names: [String]
    var works: [Work]

    var pageStep: (any PageStep)? { self }
    func pageStep(to schema: JSONObject) -> (any PageStep)? { self }

    func run(_ records: inout [Record], slice: StreamSlice) async throws {
      owner.note("\(names.joined(separator: "+")) of \(records.count)")
      await Task.yield()
      let given = records
      records = []
      for record in given { if let object = try apply(record.object) { records.append(Record(object)) } }
    }

    func apply(_ object: JSONObject) throws -> JSONObject? {
      var object = object
      for work in works {
        guard let next = try work(object) else { return nil }
        object = next
      }
      return object
    }

    func joining(_ next: any PageStep) -> (any PageStep)? {
      (next as? Steps).map { Steps(owner: owner, names: names + $0.names, works: works + $0.works) }
    }

    // What is asked page by page is never asked for one record.
    func transform(_ record: inout Record, slice: StreamSlice) throws { throw ConnectorError(.system, "one by one") }
    func keeps(_ record: Record, slice: StreamSlice) throws -> Bool { throw ConnectorError(.system, "one by one") }
    func normalize(_ record: inout Record, to schema: JSONObject) throws { throw ConnectorError(.system, "one by one") }
  }

  private struct Extractor: RecordExtractor, ResponseExtractor {
    let owner: ForeignComponents
    let items: [String]
    var steps: Steps?

    var ofResponses: (any ResponseExtractor)? { self }

    func joining(_ step: any PageStep) -> (any ResponseExtractor)? {
      guard let step = step as? Steps else { return nil }
      var joined = self
      joined.steps = steps.flatMap { $0.joining(step) as? Steps } ?? step
      return joined
    }

    func records(
      of response: HTTPResponse, slice: StreamSlice, _ take: (ExtractedPart) async throws -> Bool
    ) async throws {
      let names = (["extract"] + (steps?.names ?? [])).joined(separator: "+")
      owner.note("\(names) of \(response.request?.method ?? "no") \(response.request?.url ?? "request")")
      if items.isEmpty {
        var number = 0
        while try await take(ExtractedPart([.value(["id": .int(number)])])) { number += 1 }
        return
      }
      var part = ExtractedPart([])
      var failure: (any Error)?
      for item in items {
        part.extracted += 1
        let value = try JSONValue(parsing: item)
        guard let steps, let object = value.object else {
          part.items.append(.value(value))
          continue
        }
        do {
          if let made = try steps.apply(object) { part.items.append(.value(.object(made))) }
        } catch {
          failure = error
          break
        }
      }
      _ = try await take(part)
      if let failure { throw failure }
    }
  }

  private struct Migration: StateMigration {
    let owner: ForeignComponents
    let name: String

    func migrate(_ state: JSONObject, of stream: ComponentNode, in scope: BuildScope) async throws -> JSONObject {
      await Task.yield()
      owner.note("\(name) of \(stream["name"]?.string ?? "") \(JSONValue.object(state).jsonText)")
      guard let old = state["old"] else { return state }
      return ["at": old]
    }
  }
}
