import Testing

@testable import ConnectorModel
@testable import Manifest

/// The roles of an application's components are the custom types of the schema.
@Suite struct ComponentRoleTests {
  @Test func eachCustomTypeHasARole() {
    let types = ComponentSchema.definitionNames.filter { $0.hasPrefix("Custom") && $0 != "CustomIncrementalSync" }
    #expect(Set(types) == Set(ComponentRole.allCases.map(\.rawValue)))
  }

  private struct Both: Component, RecordTransformation, RecordCondition {
    init(from node: ComponentNode, in scope: BuildScope) throws {}
    func transform(_ record: inout Record, slice: StreamSlice) throws {}
    func keeps(_ record: Record, slice: StreamSlice) throws -> Bool { true }
  }

  @Test func aTypeMayHaveSeveralRoles() {
    #expect(ComponentRole.all(of: Both.self) == [.recordFilter, .transformation])
  }
}
