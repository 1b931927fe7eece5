import AirbyteProtocol
import ConnectorModel
import HTTP
import Manifest
import Templating

/// Where the requests of one requester go: `url`, or `url_base` with `path` behind it, or where a page's token leads.
struct RequesterAddress: Sendable {
  private let url: InterpolatedString
  private let urlBase: InterpolatedString
  private let path: InterpolatedString
  /// Where the address is in the manifest.
  let node: ManifestNode?

  init(from node: ComponentNode) {
    func template(_ property: String) -> InterpolatedString {
      guard let value = node[property] else { return InterpolatedString("", parameters: node.parameters) }
      return InterpolatedString(value, parameters: node.parameters)
    }
    url = template("url")
    urlBase = template("url_base")
    path = template("path")
    self.node = node["url_base"] ?? node["url"]
  }

  /// The URL that relative paths of a requester are added to; empty if it has none.
  static func base(of node: ComponentNode?) -> InterpolatedString {
    guard let node else { return InterpolatedString("") }
    let address = RequesterAddress(from: node)
    return address.url.source.isEmpty ? address.urlBase : address.url
  }

  /// The requester's own address.
  func own(_ context: EvaluationContext) throws -> String {
    RequestURL.joined(try start(context), try ownPath(context))
  }

  /// Where `link` leads, which a page's token is.
  ///
  /// A link that the API gave belongs to the page that it was in (RFC 3986 §5.1.3). As in the reference, what the manifest puts
  /// together itself is relative to the base; so is a link that begins as the requester's own path does, if that has several steps.
  /// - Parameter page: the URL of the page in which the API gave the link; nil if the manifest made it.
  func target(of link: String, in page: String?, _ context: EvaluationContext) throws -> String {
    let reference = RequestURL(link.drop { $0.isWhitespace })
    if reference.scheme != nil || reference.path.utf8.first == UInt8(ascii: "/") || reference.authority != nil {
      return RequestURL.joined(try start(context), link)
    }
    let own = RequestURL(try own(context))
    let isFromPage = try page != nil && !isFromBase(reference, ownPath(context))
    if reference.path.isEmpty || isFromPage {
      return Self.page(page, near: own).resolving(link).description
    }
    return RequestURL.joined(try start(context), link)
  }

  private func start(_ context: EvaluationContext) throws -> String {
    let base = try urlBase.string(context)
    return base.isEmpty ? try url.string(context) : base
  }

  private func ownPath(_ context: EvaluationContext) throws -> String { String(try path.string(context).drop { $0 == "/" }) }

  private func isFromBase(_ link: RequestURL, _ path: String) -> Bool {
    let steps = RequestURL(path).path.split(separator: "/")
    return steps.count > 1 && link.path.split(separator: "/").first == steps.first
  }

  /// The page's URL. Where a redirect led to another place, which the credentials are not for, it is the requester's own.
  private static func page(_ url: String?, near own: RequestURL) -> RequestURL {
    guard let url, !RedirectRules.leavesCredentials(from: own.description, to: url) else { return own }
    return RequestURL(url)
  }
}
