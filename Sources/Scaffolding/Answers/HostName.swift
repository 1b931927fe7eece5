import ConnectorModel
import JSON

extension ConnectorNames {
  /// A name for the API at an address: `https://api.example.com` is one of `example`.
  package static func name(ofHost address: String) -> String {
    let host = ConnectorFiles.host(of: address) ?? ""
    let labels = host.split(separator: ".").map(String.init)
    guard labels.count > 1, !labels.allSatisfy({ Int($0) != nil }) else { return labels.count == 1 ? labels[0] : "API" }
    let common: Set<String> = [
      "api", "www", "rest", "app", "my", "public", "eu", "us", "gateway", "data", "co", "com", "org", "net", "io",
    ]
    let own = labels.dropLast().filter { !common.contains($0.lowercased()) && !$0.contains("{") && !$0.contains("$") }
    return own.last ?? labels[labels.count - 2]
  }
}

extension StreamInference {
  /// Makes the paging of parameters that usually ask for pages, where there is no answer to look at.
  static func placeKnownParameters(of stream: inout StreamDescription) {
    func parameter(_ names: [String]) -> (name: String, number: Int)? {
      for name in names {
        for case .literal(.string(let text)) in stream.parameters.filter({ $0.place == RequestPlace(.query, name) }).map(\.value)
        {
          if let number = Int(text) { return (name, number) }
        }
      }
      return nil
    }
    guard stream.paging == nil else { return }
    let size = parameter(PagingInference.sizes).flatMap { found in
      found.number > 0 ? PagingDescription.PageSize(found.number, into: RequestPlace(.query, found.name)) : nil
    }
    if let page = parameter(PagingInference.pages) {
      stream.paging = PagingDescription(.page(into: RequestPlace(.query, page.name), first: min(page.number, 1)), pageSize: size)
    } else if let offset = parameter(PagingInference.offsets), size != nil || offset.name == "offset" {
      stream.paging = PagingDescription(.offset(into: RequestPlace(.query, offset.name)), pageSize: size)
    }
    StreamInference().dropPagingParameters(of: &stream)
  }
}
