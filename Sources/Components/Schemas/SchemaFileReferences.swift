import Essentials
import AirbyteProtocol
import JSON
import Manifest

/// Puts what the references of a schema file lead to in their places: the file's own definitions, and other files.
///
/// As in the reference, another file is in `schemas/shared` of the connector's folder, wherever the reference to it is, and a
/// name with folders leads on from there. What a reference leads to loses its own `definitions`.
struct SchemaFileReferences {
  private let files: ManifestFiles
  private let folder: String
  /// The files that were read, by their paths from the manifest.
  private(set) var used: [String: [UInt8]] = [:]
  /// By their paths from ``folder`` without `schemas/shared`; the schema itself has the empty path.
  private var documents: [String: JSONValue]
  /// The references that are being followed.
  private var following: Set<Target> = []

  private struct Target: Hashable {
    var document: String
    var pointer: String
  }

  /// How many references a pointer may pass through.
  private static let maximumHops = 50

  /// Why a schema cannot be put together.
  struct Failure: Error {
    var reason: String
  }

  /// - Parameter folder: the connector's folder as seen from the manifest, empty or with a slash at its end.
  init(of schema: JSONObject, folder: String, in files: ManifestFiles) {
    documents = ["": .object(schema)]
    self.folder = folder
    self.files = files
  }

  /// The schema without references.
  mutating func resolve() throws(Failure) -> JSONObject {
    guard let schema = documents[""], case .object(let object) = try resolved(schema, in: "") else {
      throw Failure(reason: "A schema should be a JSON object")
    }
    return object
  }

  private mutating func resolved(_ value: JSONValue, in document: String) throws(Failure) -> JSONValue {
    switch value {
    case .object(let object):
      if let reference = object["$ref"]?.string { return try followed(reference, from: document) }
      var result = JSONObject(minimumCapacity: object.count)
      for (key, member) in object { result[key] = try resolved(member, in: document) }
      return .object(result)
    case .array(let elements):
      var result: [JSONValue] = []
      for element in elements { result.append(try resolved(element, in: document)) }
      return .array(result)
    default: return value
    }
  }

  private mutating func followed(_ reference: String, from document: String) throws(Failure) -> JSONValue {
    let target = Self.target(of: reference, from: document)
    guard following.insert(target).inserted else { throw Failure(reason: "The reference `\(reference)` leads back to itself") }
    defer { following.remove(target) }
    let (value, place) = try self.value(at: target, reference)
    guard case .object(var object) = try resolved(value, in: place) else {
      throw Failure(reason: "The reference `\(reference)` should lead to a JSON object")
    }
    object["definitions"] = nil
    return .object(object)
  }

  /// What is at a target, and the document that it is in: a pointer can pass through further references.
  private mutating func value(
    at target: Target, _ reference: String, hops: Int = 0
  ) throws(Failure) -> (JSONValue, document: String) {
    guard hops < Self.maximumHops else { throw Failure(reason: "The reference `\(reference)` leads back to itself") }
    var place = target.document
    var value = try self.document(place, reference)
    let pointer = target.pointer.drop { $0 == "/" }
    let parts = target.pointer.isEmpty ? [] : pointer.split(separator: "/", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      let key = String(part.replacing("~1", with: "/").replacing("~0", with: "~"))
      var inner = value.element(key)
      if inner == nil, let further = value["$ref"]?.string {
        (value, place) = try self.value(at: Self.target(of: further, from: place), further, hops: hops + 1)
        inner = value.element(key)
      }
      guard let inner else {
        let missing = parts[...index].joined(separator: "/")
        throw Failure(reason: "The reference `\(reference)` leads to nothing: there is no `\(missing)`")
      }
      value = inner
    }
    return (value, place)
  }

  private mutating func document(_ path: String, _ reference: String) throws(Failure) -> JSONValue {
    if let known = documents[path] { return known }
    let file = folder + (path.hasPrefix("../") ? path : "schemas/shared/" + path)
    let found: [UInt8]?
    do { found = try files.bytes(at: file) } catch {
      throw Failure(
        reason: "The reference `\(reference)` leads to the file `\(file)`, which \(JsonFileSchemaLoader.refusal(error))")
    }
    guard let bytes = found else {
      throw Failure(reason: "The reference `\(reference)` leads to the file `\(file)`, which does not exist")
    }
    let document: JSONValue
    do {
      document = try JSONValue(parsing: bytes)
    } catch {
      throw Failure(reason: "The file `\(file)`, which a schema refers to, is not valid JSON: \(error)")
    }
    guard document.object != nil else {
      throw Failure(reason: "The file `\(file)`, which a schema refers to, should hold a JSON object")
    }
    used[file] = bytes
    documents[path] = document
    return document
  }

  /// A reference without a path stays in its document, any other is relative to the folder of that document.
  private static func target(of reference: String, from document: String) -> Target {
    let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let pointer = parts.count > 1 ? parts[1].withoutPercentEscapes ?? String(parts[1]) : ""
    guard let path = parts.first, !path.isEmpty else { return Target(document: document, pointer: pointer) }
    var steps = document.split(separator: "/").dropLast()
    for step in path.split(separator: "/") where step != "." {
      if step == "..", let last = steps.last, last != ".." { steps.removeLast() } else { steps.append(step) }
    }
    return Target(document: steps.joined(separator: "/"), pointer: pointer)
  }
}

extension JSONValue {
  /// The member of an object, or the element of a list, that a part of a JSON pointer names.
  fileprivate func element(_ part: String) -> JSONValue? {
    switch self {
    case .object(let object): object[part]
    case .array(let elements): Int(part).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
    default: nil
    }
  }
}
