import Foundation
import JSON
import Testing
import YAML

@testable import Components
@testable import Manifest

/// What the bundled schema says by keywords with `x-`. The build refuses keywords that there are not; that the names in them mean
/// something is shown here.
@Suite("The facts in the component schema")
struct SchemaFactsTests {
  /// The schema as it is written.
  private static let written: JSONValue = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../schemas/declarative_component_schema.yaml").standardizedFileURL
    do {
      return JSONValue(schemaNode: try YAMLDocument(parsing: Array(Data(contentsOf: file)), file: file.path).root)
    } catch {
      preconditionFailure("\(file.path): \(error)")
    }
  }()

  /// A component and a property, or a former name of one, that a table has as its key.
  private static func parts(_ key: String) -> (component: String, property: String) {
    let parts = key.split(separator: ".").map(String.init)
    return (parts[0], parts[1])
  }

  private static func schema(of key: String) -> JSONValue? {
    let (component, property) = parts(key)
    if component == "DeclarativeSource" { return ComponentSchema.document["properties"]?[property] }
    return ComponentSchema.properties(of: component)?[property]
  }

  /// The definitions that a property admits, alone, as alternatives or in a list.
  private static func definitions(in schema: JSONValue) -> Set<String> {
    var names: Set<String> = []
    SchemaStructure.walk(schema) { _, part in
      if let name = part["$ref"]?.string?.split(separator: "/").last { names.insert(String(name)) }
    }
    return names
  }

  private static func isUndescribed(_ key: String) -> Bool {
    let (component, property) = parts(key)
    return written["definitions"]?[component]?["x-undescribed"]?[property] != nil
  }

  // MARK: Names

  private static let tablesByProperty: [(String, [String])] = [
    ("x-default-type", Array(BundledFacts.defaultTypes.keys)), ("x-custom-type", Array(BundledFacts.customTypes.keys)),
    ("x-template", Array(BundledFacts.templates.keys)), ("x-template-within", Array(BundledFacts.templatesWithin.keys)),
    ("x-opaque", Array(BundledFacts.opaque)), ("x-deferred", Array(BundledFacts.deferred)),
    ("x-address", Array(BundledFacts.addresses)),
  ]

  @Test(arguments: tablesByProperty)
  func speaksOfPropertiesThatThereAre(keyword: String, keys: [String]) {
    #expect(!keys.isEmpty)
    for key in keys { #expect(Self.schema(of: key) != nil || Self.isUndescribed(key), "\(keyword) of \(key)") }
  }

  /// The default type of a place is one that it admits.
  @Test func namesTypesThatThereAre() {
    for (key, type) in BundledFacts.defaultTypes.merging(BundledFacts.customTypes, uniquingKeysWith: { one, _ in one }) {
      // The reference gives this type too, which it does not have.
      if key == "DynamicDeclarativeStream.components_resolver" { continue }
      #expect(ComponentSchema.definition(type) != nil, "\(key)")
      if let schema = Self.schema(of: key) { #expect(Self.definitions(in: schema).contains(type), "\(key)") }
    }
    for (key, type) in BundledFacts.customTypes {
      #expect(ComponentSchema.properties(of: type)?["class_name"] != nil, "\(key)")
    }
    for type in BundledFacts.templatesWithin.values.flatMap(\.keys) { #expect(ComponentSchema.definition(type) != nil) }
    for type in BundledFacts.droppedTypes.keys { #expect(ComponentSchema.definition(type) == nil) }
  }

  @Test func namesVariablesThatThereAre() {
    let variables = ComponentSchema.document["interpolation"]?["variables"]?.array ?? []
    let known = Set(variables.compactMap { $0["title"]?.string })
    #expect(known.isSuperset(of: ComponentSchema.commonVariables))
    for (key, names) in BundledFacts.templates { #expect(known.isSuperset(of: names), "\(key)") }
    for (key, rows) in BundledFacts.templatesWithin {
      #expect(BundledFacts.templates[key] != nil, "\(key)")
      for names in rows.values { #expect(known.isSuperset(of: names), "\(key)") }
    }
  }

  /// `interpolation_context` is the reference's; the keyword of our own adds to it and repeats nothing.
  @Test func saysWhatTemplatesReadOnce() {
    for (component, definition) in Self.written["definitions"]?.object ?? [:] {
      for (name, property) in definition["properties"]?.object ?? [:] {
        let given = property["interpolation_context"]?.array?.compactMap(\.string) ?? []
        let ours = property["x-template"]?.array?.compactMap(\.string) ?? []
        #expect(Set(ours).isDisjoint(with: given), "\(component).\(name)")
        #expect(Set(ComponentSchema.templateVariables(in: name, of: component) ?? []).isSuperset(of: given + ours))
      }
    }
  }

  @Test func formerNamesLeadToPresentOnes() {
    #expect(!BundledFacts.formerNames.isEmpty)
    for (key, present) in BundledFacts.formerNames {
      let component = Self.parts(key).component
      #expect(Self.schema(of: key) == nil, "\(key)")
      #expect(Self.schema(of: "\(component).\(present)") != nil, "\(key)")
      #expect(ComponentSchema.formerNames(of: present, in: component).contains(Self.parts(key).property))
    }
  }

  // MARK: Values

  @Test func keepsItsOwnKeywordsToItself() {
    SchemaStructure.walk(ComponentSchema.document) { path, schema in
      #expect(schema.keys.filter { $0.hasPrefix("x-") } == [], "\(path)")
    }
  }

  /// Default types are the reference's, place by place.
  @Test func givesTheTypesThatTheReferenceGives() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Manifest/Fixtures/default_types.json").standardizedFileURL
    let recording = try JSONValue(parsing: Array(Data(contentsOf: file)))
    func types(_ name: String) -> [String: String] {
      Dictionary(uniqueKeysWithValues: (recording[name]?.object ?? [:]).map { ($0.key, $0.value.string ?? "") })
    }
    #expect(BundledFacts.defaultTypes == types("default"))
    #expect(BundledFacts.customTypes == types("custom"))
  }

  @Test func answersByComponentAndProperty() {
    #expect(ComponentSchema.defaultType(in: "retriever", of: "DeclarativeStream") == "SimpleRetriever")
    #expect(ComponentSchema.customType(in: "retriever", of: "DeclarativeStream") == "CustomRetriever")
    #expect(ComponentSchema.defaultType(in: "authenticator", of: "HttpRequester") == nil)
    #expect(ComponentSchema.defaultType(in: "decoder", of: "CursorPagination") == "JsonDecoder")
    #expect(ComponentSchema.templateVariables(in: "step", of: "DatetimeBasedCursor") == ["config", "parameters"])
    #expect(
      ComponentSchema.templateVariables(in: "old", of: "KeysReplace") == [
        "config", "parameters", "record", "stream_slice", "stream_interval", "stream_partition",
      ])
    #expect(ComponentSchema.templateVariables(in: "datetime_format", of: "DatetimeBasedCursor") == nil)
    #expect(ComponentSchema.templateVariablesWithin("request_headers", of: "HttpRequester")["AsyncRetriever"]?.count == 3)
    #expect(ComponentSchema.isOpaque("schema", of: "InlineSchemaLoader"))
    #expect(!ComponentSchema.isOpaque("schema_loader", of: "DeclarativeStream"))
    #expect(ComponentSchema.isDeferred("stream_template", of: "DynamicDeclarativeStream"))
    #expect(ComponentSchema.isAddress("url", of: "HttpRequester"))
    #expect(ComponentSchema.presentName(of: "cursor", in: "CursorPagination") == "cursor_value")
    #expect(ComponentSchema.presentName(of: "cursor", in: "PageIncrement") == nil)
    #expect(ComponentSchema.droppedType("CustomIncrementalSync")?.version == "7.0.0")
  }
}
