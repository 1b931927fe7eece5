import JSON

extension StreamWriter {
  /// A retriever that waits for a job, and downloads its result.
  func jobRetriever(_ job: JobDescription) -> CommentedYAML {
    let identifier = TemplateText.expression(TemplateText.demanding("creation_response", job.identifierPath))
    var yaml = CommentedYAML(type: "AsyncRetriever")
    yaml.add(
      "creation_requester", requester(stream.path, method: stream.method, sends: true),
      comments: ["Creates the job."] + notes(.request))
    yaml.add(
      "polling_requester", requester(job.statusRequestPath, method: "GET", sends: false, job: identifier),
      comments: ["Asks how it is."])
    yaml.add("status_extractor", Self.extractor(job.statusPath))
    var mapping = CommentedYAML(type: "AsyncJobStatusMap")
    for (key, values) in [
      ("running", job.running), ("completed", job.completed), ("failed", job.failed), ("timeout", job.timeout),
    ] {
      mapping.add(key, .array(values.map { .string($0) }))
    }
    yaml.add("status_mapping", mapping)
    if let path = job.resultAddressPath {
      yaml.add("download_target_extractor", Self.extractor(path))
      var download = CommentedYAML(type: "HttpRequester")
      download.add("url", "{{ download_target }}")
      download.add("http_method", "GET")
      yaml.add("download_requester", download, comments: ["Downloads what it made, from an address that needs no credentials."])
    } else {
      yaml.add(
        "download_requester",
        requester(job.resultRequestPath ?? "\(job.statusRequestPath)/result", method: "GET", sends: false, job: identifier),
        comments: ["Downloads what it made."])
    }
    if let decoder { yaml.add("download_decoder", decoder) }
    yaml.add("record_selector", selector, comments: notes(.records))
    addPartitions(to: &yaml)
    return yaml
  }

  private static func extractor(_ path: [String]) -> CommentedYAML {
    var yaml = CommentedYAML(type: "DpathExtractor")
    yaml.add("field_path", .array(path.map { .string($0) }))
    return yaml
  }
}
