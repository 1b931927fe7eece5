import Foundation
import Testing

@testable import Sharding

@Suite struct KubernetesJobTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Integrations/kubernetes")

  /// The example beside the pages is what the command prints.
  @Test func theExampleIsWhatIsPrinted() throws {
    let job = KubernetesJob(name: "source-shop", image: "registry.example.com/source-shop:1.0.0", parts: 32, workers: 8)
    #expect(try String(contentsOf: Self.folder.appending(path: "job.yaml"), encoding: .utf8) == job.yaml)
  }

  @Test func whatShardIsGivenIsQuotedForItsShell() {
    let job = KubernetesJob(
      name: "a", image: "b", parts: 2, workers: 1, arguments: ["--streams", "orders,it's; rm -rf /", "--full-refresh", ""])
    #expect(job.yaml.contains(#"--workers 1 --streams 'orders,it'\''s; rm -rf /' --full-refresh '' -o "$RUN/parts""#))
  }

  @Test func aCatalogIsAConfigMapThatBothContainersMount() {
    let job = KubernetesJob(name: "a", image: "b", parts: 2, workers: 1, catalog: #"{"streams":[]}"#)
    #expect(job.yaml.hasPrefix("apiVersion: v1\nkind: ConfigMap\n"))
    #expect(job.yaml.contains(#"catalog.json: "{\"streams\":[]}""#))
    #expect(job.yaml.components(separatedBy: "mountPath: /catalog").count == 3)
    #expect(job.yaml.contains(#"shard --config "$CONFIG" --catalog "$CATALOG" "#))
  }

  @Test(arguments: [
    ("source-shop", true), ("a", true), ("7", true), (String(repeating: "a", count: 52), true),
    ("", false), ("-a", false), ("a-", false), ("Shop", false), ("a_b", false), ("a.b", false), ("ü", false),
    (String(repeating: "a", count: 53), false),
  ])
  func names(text: String, isName: Bool) {
    #expect(KubernetesJob.isName(text) == isName)
  }
}
