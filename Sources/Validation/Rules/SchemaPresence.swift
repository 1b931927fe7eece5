import Components
import Manifest

/// A schema file that is not there fails `discover` and every read.
struct MissingSchemaFile: Rule {
  static let name = "missing-schema-file"
  static let summary = "The file that a stream's schema should come from does not exist."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for loader in subject.components("JsonFileSchemaLoader") {
      guard let path = SchemaFiles.missing(for: loader.node, among: subject.files) else { continue }
      let place = loader["file_path"] ?? loader.node
      findings.warn(
        "the schema file `\(path)` does not exist: it should be in the manifest's folder", at: place,
        mark: place.mark ?? place.keyMark)
    }
  }
}

/// Without a schema destinations have no columns to write to.
struct MissingSchema: Rule {
  static let name = "missing-schema"
  static let summary = "A stream has no schema at all."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for stream in subject.components("DeclarativeStream") {
      // A parent that is only read for its children needs none.
      guard stream.property != "stream", let name = stream["name"]?.string else { continue }
      guard let loader = stream["schema_loader"] else {
        if SchemaFiles.hasDefault(for: name, among: subject.files) == false {
          warn("it has neither a `schema_loader` nor a file `schemas/\(name).json`", name, stream, &findings)
        }
        continue
      }
      guard loader["type"]?.string == "InlineSchemaLoader", let schema = loader["schema"].map({ $0.isNull ? nil : $0 }) ?? nil
      else {
        if loader["type"]?.string == "InlineSchemaLoader" {
          warn("its `InlineSchemaLoader` has no `schema`", name, stream, &findings)
        }
        continue
      }
      if schema.isMapping, schema.count == 0 { warn("the one that it has is empty", name, stream, &findings) }
    }
  }

  private func warn(_ reason: String, _ name: String, _ stream: ComponentVisit, _ findings: inout FindingList) {
    let place = stream["schema_loader"] ?? stream["name"] ?? stream.node
    findings.warnOnce(
      "schema", "`\(name)` has no schema: \(reason)", at: place, mark: place.keyMark ?? place.mark,
      remedy: "give the fields of its records in an `InlineSchemaLoader`")
  }
}
