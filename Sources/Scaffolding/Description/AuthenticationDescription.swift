/// How requests show who sends them. The writer names the config fields: `api_token`, `username` and `password`, `api_key`, `client_id`,
/// `client_secret` and `refresh_token`.
package enum AuthenticationDescription: Sendable, Equatable {
  case none
  /// `Authorization: Bearer …`.
  case bearer
  /// `Authorization: Basic …`. Without a password, the API takes a key as the user name.
  case basic(hasPassword: Bool)
  /// One or more keys, which are all sent.
  case keys([APIKey])
  case oauth(OAuthDescription)
  /// A login whose answer has a token for the requests that follow.
  case session(SessionDescription)

  /// A key that is sent as it is.
  package struct APIKey: Sendable, Equatable {
    package enum Place: String, Sendable, Equatable {
      case header, query, cookie
    }

    package var place: Place
    /// The name of the header, of the parameter or of the cookie.
    package var name: String
    /// What stands before the key, with the blank that follows it, such as `Token `.
    package var prefix: String
    /// The key of the config field; nil for `api_key`, or one made from `name` where there are several.
    package var field: String?

    package init(_ place: Place, _ name: String, prefix: String = "", field: String? = nil) {
      self.place = place
      self.name = name
      self.prefix = prefix
      self.field = field
    }
  }

  package struct OAuthDescription: Sendable, Equatable {
    package enum Grant: String, Sendable, Equatable {
      /// A user consents in a browser; the connector refreshes the token.
      case refreshToken = "refresh_token"
      case clientCredentials = "client_credentials"
      case password
    }

    package var grant: Grant
    /// Where tokens are issued, as a whole address. It may have `{key}` of config fields.
    package var tokenAddress: String
    /// Where the user consents, for ``Grant/refreshToken``; nil if unknown: then the connector has no sign-in.
    package var consentAddress: String?
    package var scopes: [String]

    package init(_ grant: Grant, tokenAddress: String, consentAddress: String? = nil, scopes: [String] = []) {
      self.grant = grant
      self.tokenAddress = tokenAddress
      self.consentAddress = consentAddress
      self.scopes = scopes
    }
  }

  /// A login with `username` and `password` as a JSON body.
  package struct SessionDescription: Sendable, Equatable {
    /// Below the base address.
    package var path: String
    /// Where the token is in the answer.
    package var tokenPath: [String]
    /// The header that takes the token; nil for `Authorization: Bearer`.
    package var header: String?

    package init(path: String, tokenPath: [String], header: String? = nil) {
      self.path = path
      self.tokenPath = tokenPath
      self.header = header
    }
  }
}
