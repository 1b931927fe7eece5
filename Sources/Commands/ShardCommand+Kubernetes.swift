import ArgumentParser
import ConnectorModel
import JSON
import Sharding

extension ShardCommand {
  /// What a Job cannot have: files of this machine other than the catalog.
  func validateJob() throws {
    guard let image, !image.isEmpty, !image.contains(where: \.isWhitespace) else {
      throw ValidationError("--kubernetes needs --image with the name of the connector's image, as in --image source-shop:1.0.0.")
    }
    guard output == nil, given.state == nil, weights == nil, within == nil else {
      throw ValidationError(
        "--kubernetes prints a Job that keeps its parts and its state in a volume: leave --output, --state, --weights and --within out."
      )
    }
    guard KubernetesJob.isName(jobName) else {
      throw ValidationError(
        "`\(jobName)` cannot be the name of a Job: give --name with at most 52 small letters, digits and hyphens, such as source-shop."
      )
    }
  }

  /// The given name, or that of the image without registry, tag and digest.
  private var jobName: String {
    if let name { return name }
    let last = (image ?? "").split(separator: "/").last ?? ""
    return String(last.prefix { $0 != ":" && $0 != "@" })
  }

  func printJob() async throws {
    try await CommandRunner.run {
      let text = try given.catalog.map { JSONValue.object(try InputFile.object($0, "catalog")).jsonText }
      let job = KubernetesJob(
        name: jobName, image: image ?? "", parts: parts, workers: min(workers ?? parts, parts), arguments: arguments,
        catalog: text)
      try StandardOutput.write(text: String(job.yaml.dropLast()))
    }
  }

  /// What the Job's own `shard` is given.
  private var arguments: [String] {
    let named = [("--streams", streams.wanted), ("--exclude", streams.exclude)]
    return named.flatMap { option, lists in lists.isEmpty ? [] : [option, lists.flatMap(\.names).joined(separator: ",")] }
      + (streams.fullRefresh ? ["--full-refresh"] : []) + (by.map { ["--by", $0.rawValue] } ?? [])
  }
}
