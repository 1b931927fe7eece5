#if URLSession
  import ConnectorModel
  import Foundation

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// Requests as `URLSession` takes them.
  enum URLSessionRequest {
    /// The timeout of what has none: a year.
    static let never = 31_536_000.0

    /// - Parameter cookies: the header that takes cookies along, unless the request brings its own.
    /// - Throws: ``TransportError`` for what `URLSession` has no way to do.
    static func message(_ request: HTTPRequest, by route: Route, cookies: String?) throws(TransportError) -> URLRequest {
      if let obstacle = URLSessionObstacle.of(request, by: route) {
        throw TransportError(
          .unsupported,
          "The request to \(request.place) cannot be sent by URLSession: \(obstacle). Use `--transport curl`, or set "
            + "\(TransportKind.variable) to `curl`")
      }
      // Brackets in a query are no part of Foundation's URLs: this encodes them, where the initializer for texts would encode the
      // percent signs as well.
      guard
        let url = URL(string: request.url, encodingInvalidCharacters: false)
          ?? URL(dataRepresentation: Data(request.url.utf8), relativeTo: nil)
      else {
        throw TransportError(
          .invalidURL, "The address `\(request.place)` cannot be requested: Foundation does not take it for a URL")
      }
      var message = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: never)
      message.httpMethod = method(of: request)
      message.httpShouldHandleCookies = false
      var headers: [String: String] = [:]
      for header in request.headers where !header.name.isEmpty {
        headers[header.name] = header.value.filter { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
      }
      func addDefault(_ name: String, _ value: String) {
        if request.header(name) == nil { headers[name] = value }
      }
      addDefault("User-Agent", "airbyte-lowcode")
      addDefault("Accept-Encoding", ContentEncoding.accepted)
      if let cookies { addDefault("Cookie", cookies) }
      #if canImport(FoundationNetworking)
        // libcurl beneath sends no header whose value is blank, and Foundation adds none that is there.
        addDefault("Accept-Language", " ")
        if request.body?.isEmpty == false { addDefault("Content-Type", " ") }
      #endif
      // Set at once, the names keep their spelling.
      message.allHTTPHeaderFields = headers
      if let body = request.body { message.httpBody = Data(body) }
      return message
    }

    private static func method(of request: HTTPRequest) -> String {
      #if canImport(FoundationNetworking)
        // Foundation refuses a GET with a body, by the method's name. libcurl reads that name as a C string, up to its NUL.
        if request.method == "GET", request.body != nil { return "GET\0" }
      #endif
      return request.method
    }
  }

  /// What `URLSession` has no way to do here.
  enum URLSessionObstacle {
    /// What keeps `request` from being sent: the part of a sentence behind a colon; nil if nothing does.
    static func of(_ request: HTTPRequest, by route: Route) -> String? {
      if !route.addresses.isEmpty { return "it cannot be held to the addresses that were checked for the cloud" }
      if request.headers.contains(where: { !$0.value.utf8.allSatisfy { $0 < 0x80 } }) {
        return "it sends headers in UTF-8, and one has characters beyond ASCII, which are sent in Latin-1"
      }
      #if canImport(FoundationNetworking)
        if route.bundle != nil { return "on Linux it takes no CA bundle, but one is set in the environment" }
        if route.clientCertificate != nil { return "on Linux it takes no client certificate, but one is set in the environment" }
        if let address = RequestAddress(request.url), ProxySettings.ofLibcurl.proxy(for: address) != route.proxy {
          return
            "on Linux it chooses a proxy by `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` in the process's environment, "
            + "by rules that lead to another one here"
        }
      #else
        if request.method == "GET", request.body != nil { return "it sends no body with GET" }
      #endif
      return nil
    }
  }

  #if canImport(FoundationNetworking)
    extension ProxySettings {
      /// What libcurl beneath `URLSession` makes of the process's environment: it knows `http_proxy` only in small letters, and no
      /// ports among the exceptions.
      static var ofLibcurl: ProxySettings {
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"]
        var environment = ProcessInfo.processInfo.environment.filter { names.contains($0.key) }
        for name in ["no_proxy", "NO_PROXY"] {
          guard let list = environment[name] else { continue }
          environment[name] = list.split { $0 == "," || $0 == " " }.filter { !$0.contains(":") }.joined(separator: ",")
        }
        return ProxySettings(environment)
      }
    }
  #endif
#endif
