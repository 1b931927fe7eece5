import Testing

@testable import Packaging

@Suite struct ConnectorMetadataTests {
  @Test func nameAndVersionAreThere() throws {
    let text = "data:\n  dockerRepository: airbyte/source-shop\n  dockerImageTag: 1.2.3\n  name: Shop\nversion: \"1.0\"\n"
    let metadata = try ConnectorMetadata(parsing: Array(text.utf8), file: "metadata.yaml")
    #expect(metadata.repository == "airbyte/source-shop")
    #expect(metadata.tag == "1.2.3")
  }

  @Test(arguments: [
    ("data: [}", "metadata.yaml:1:8: error: "),
    ("name: Shop", "metadata.yaml:1:1: error: the metadata needs `data`, with `dockerRepository` and `dockerImageTag`"),
    ("- 1", "metadata.yaml:1:1: error: the metadata needs `data`, with `dockerRepository` and `dockerImageTag`"),
    ("data: {dockerImageTag: 1.2.3}", "metadata.yaml:1:7: error: `data` needs `dockerRepository`, such as airbyte/source-name"),
    ("data:\n  dockerRepository: a/b", "metadata.yaml:2:3: error: `data` needs `dockerImageTag`, such as 1.2.3"),
    (
      "data: {dockerRepository: a/b, dockerImageTag: 1.2}",
      "metadata.yaml:1:47: error: `dockerImageTag` should be a text such as 1.2.3 (data.dockerImageTag)"
    ),
    (
      "data: {dockerRepository: a/b, dockerImageTag: -1.2.3}",
      "metadata.yaml:1:47: error: `dockerImageTag` should be a text such as 1.2.3 (data.dockerImageTag)"
    ),
    (
      "data: {dockerRepository: Shop Source, dockerImageTag: 1.2.3}",
      "metadata.yaml:1:26: error: `dockerRepository` should be a text such as airbyte/source-name (data.dockerRepository)"
    ),
    (
      "data: {dockerRepository: a//b, dockerImageTag: 1.2.3}",
      "metadata.yaml:1:26: error: `dockerRepository` should be a text such as airbyte/source-name (data.dockerRepository)"
    ),
  ])
  func whatIsWrongIsSaidWithItsPlace(text: String, beginning: String) {
    let error = #expect(throws: PackagingError.self) {
      try ConnectorMetadata(parsing: Array(text.utf8), file: "metadata.yaml")
    }
    #expect(error?.message.hasPrefix(beginning) == true)
  }
}
