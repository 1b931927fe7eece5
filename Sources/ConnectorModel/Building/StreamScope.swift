import AirbyteProtocol
import JSON
import Manifest

/// What the components of a stream know of it.
package struct StreamScope: Sendable {
  /// The name that logs and errors show; empty outside of streams.
  package var name: String
  /// The state that was handed in for the stream, if any (its `stream_state`).
  package var state: JSONObject?
  /// The catalog's entry of the stream, where a read was configured for it.
  package var configured: ConfiguredStream?
  /// Whether the stream may throw its state away, which the platform is told of: not where the catalog does not have the stream.
  package var mayForgetState: Bool
  /// Whether other streams walk through its pages.
  package var isParent: Bool
  /// Whether its parents are such: as in the reference, those of the manifest's streams are, but not the parents of parents.
  package var sharesParents: Bool
  /// The range of time that is read in the place of what the manifest and the state say; parents are read as ever.
  package var window: TimeWindow?

  package init(
    name: String = "", state: JSONObject? = nil, configured: ConfiguredStream? = nil, mayForgetState: Bool = true,
    isParent: Bool = false, sharesParents: Bool = false
  ) {
    self.name = name
    self.state = state
    self.configured = configured
    self.mayForgetState = mayForgetState
    self.isParent = isParent
    self.sharesParents = sharesParents
  }
}

/// What the other parts of a stream settle for its retriever.
package struct ReadingScope: Sendable {
  /// What the manifest says of the stream's cursor.
  package var incrementalSync: ManifestNode?
  package var cursor: (any Cursor)?
  /// Whether pages end at the first record that is not new (`is_data_feed`).
  package var isDataFeed = false
  /// Whether records that are not new are dropped here, as the API cannot (`is_client_side_incremental`).
  package var isClientSideIncremental = false
  /// What cursor and partition router add to each request.
  package var requestOptions: any RequestOptionsProvider = NoRequestOptions()
  package var transformations: [any RecordTransformation] = []
  /// What downloads the files of the stream's records.
  package var fileUploader: (any FileUploading)?
  /// Whether the stream's records have files, as the manifest says.
  package var hasFiles = false

  package init() {}

  /// - Parameter requestOptions: what is added to each request.
  package init(requestOptions: any RequestOptionsProvider) { self.requestOptions = requestOptions }

  /// The stream's cursor, where pages end at the first record that is not new.
  package var stopCursor: (any Cursor)? { isDataFeed ? cursor : nil }

  /// The stream's cursor, where the selector drops records that are not new.
  package var filterCursor: (any Cursor)? { isClientSideIncremental && !isDataFeed ? cursor : nil }
}

/// What surrounds a component within a retriever.
package struct ExchangeScope: Sendable {
  /// What reads the bodies of responses.
  package var decoder: (any Decoder)?
  /// How bodies are received, where that is not the decoder's matter.
  package var reception: Reception?
  /// The requester around an authenticator, as the manifest has it.
  package var requester: ComponentNode?
  /// Whether the requester keeps responses for the run, unless its `use_cache` says otherwise.
  package var keepsResponses: Bool

  package init(
    decoder: (any Decoder)? = nil, reception: Reception? = nil, requester: ComponentNode? = nil, keepsResponses: Bool = false
  ) {
    self.decoder = decoder
    self.reception = reception
    self.requester = requester
    self.keepsResponses = keepsResponses
  }
}
