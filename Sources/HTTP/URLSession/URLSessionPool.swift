#if URLSession
  import ConnectorModel
  import Foundation
  import Synchronization

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// The sessions of a transport: on Apple's systems one for each proxy, on Linux one, because there the environment alone says
  /// which proxy is used.
  final class URLSessionPool: Sendable {
    private struct Place: Sendable {
      let session: URLSession
      let delegate: URLSessionReceiver
    }

    private struct Key: Hashable {
      var proxy: String?
      var bundle: String?
      var certificate: String?
    }

    private let connections: Int?
    private let places = Mutex<[Key: Place]>([:])
    /// As many connections a host as partitions could ever be read at a time.
    private static let many = 10_000

    /// - Parameter connections: how many there may be at a time; nil for any number.
    init(connections: Int?) { self.connections = connections }

    deinit { places.withLock { places in places.values.forEach { $0.session.finishTasksAndInvalidate() } } }

    /// Starts the exchange of `message`.
    func begin(_ message: URLRequest, _ exchange: URLSessionExchange, by route: Route) throws(TransportError) {
      let place = try place(for: route)
      let task = place.session.dataTask(with: message)
      place.delegate.deliver(task.taskIdentifier, to: exchange)
      exchange.begin(task)
    }

    private func place(for route: Route) throws(TransportError) -> Place {
      #if canImport(FoundationNetworking)
        let key = Key()
      #else
        let key = Key(
          proxy: route.proxy, bundle: route.bundle.map { "\($0)" }, certificate: route.clientCertificate?.certificatePath)
      #endif
      return try places.withLock { (places) throws(TransportError) in
        if let place = places[key] { return place }
        let place = try make(for: route)
        places[key] = place
        return place
      }
    }

    private func make(for route: Route) throws(TransportError) -> Place {
      let configuration = URLSessionConfiguration.ephemeral
      configuration.urlCache = nil
      configuration.urlCredentialStorage = nil
      // Cookies are the transport's own, so that all its sessions have the same.
      configuration.httpCookieStorage = nil
      configuration.httpShouldSetCookies = false
      configuration.httpCookieAcceptPolicy = .never
      configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
      configuration.httpMaximumConnectionsPerHost = connections ?? Self.many
      // The exchange has clocks of its own.
      configuration.timeoutIntervalForRequest = URLSessionRequest.never
      configuration.timeoutIntervalForResource = URLSessionRequest.never
      #if canImport(FoundationNetworking)
        let (delegate, queue) = (URLSessionReceiver(), ImmediateQueue())
      #else
        configuration.connectionProxyDictionary = route.proxy.map(AppleProxy.dictionary) ?? [:]
        let delegate = URLSessionReceiver(trust: try AppleTrust(route))
        let queue = OperationQueue()
      #endif
      queue.maxConcurrentOperationCount = 1
      return Place(
        session: URLSession(configuration: configuration, delegate: delegate, delegateQueue: queue), delegate: delegate)
    }
  }

  #if canImport(FoundationNetworking)
    /// Runs what it gets at once, on the thread that gives it: else what is received would pile up in the queue without any bound.
    ///
    /// Sound to share: it adds nothing to what its superclass has.
    private final class ImmediateQueue: OperationQueue, @unchecked Sendable {
      override func addOperation(_ block: @escaping @Sendable () -> Void) { block() }
    }
  #endif
#endif
