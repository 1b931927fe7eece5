import Foundation
import YAML

/// Rewrites deprecated fields of a resolved manifest: a requester's `url_base`, `path`, `request_body_json` and
/// `request_body_data` become `url` and `request_body`.
///
/// As in the reference, the three rewritings go over the whole manifest one after another, dynamic streams stay as they are, each
/// that changed something is noted in the manifest's metadata, and a manifest that one of them cannot handle stays as it was.
enum ManifestMigrations {
  static func apply(to manifest: ManifestValue, at time: String) -> ManifestValue {
    var result = manifest
    do {
      for migration in Migration.allCases {
        var isMigrated = false
        result = try process(result, migration, &isMigrated)
        if isMigrated { result = try note(migration, in: result, time) }
      }
      return result
    } catch {
      return manifest
    }
  }

  /// What a migration meets where it expects something else.
  private struct Unfit: Error {}

  private enum Migration: String, CaseIterable {
    case urlBase = "HttpRequesterUrlBaseToUrl"
    case path = "HttpRequesterPathToUrl"
    case requestBody = "HttpRequesterRequestBodyJsonDataToRequestBody"

    func concerns(_ fields: Fields) -> Bool {
      switch self {
      case .urlBase: fields["url_base"] != nil
      case .path: fields["path"] != nil
      case .requestBody: Self.isBodyUnmigrated(fields)
      }
    }

    func apply(to fields: inout Fields) throws(Unfit) {
      switch self {
      case .urlBase:
        fields["url"] = fields["url_base"]
        fields["url_base"] = nil
      case .path:
        guard let path = fields["path"]?.string, let url = fields["url"] else { throw Unfit() }
        let rest = String(path.drop { $0 == "/" })
        if !rest.isEmpty {
          guard let base = url.string, !hasBracketedHost(base), !hasBracketedHost(rest) else { throw Unfit() }
          fields["url"] = ManifestValue(.string(URLJoining.join(base, rest)), mark: fields["path"]?.mark)
        }
        fields["path"] = nil
      case .requestBody:
        if let body = fields["request_body_json"], let mapping = body.mapping {
          fields.setBody(mapping["query"]?.string == nil ? "RequestBodyJsonObject" : "RequestBodyGraphQL", body)
          fields["request_body_json"] = nil
        }
        if let body = fields["request_body_data"] {
          fields.setBody("RequestBodyUrlEncodedForm", body)
          fields["request_body_data"] = nil
        }
      }
    }

    /// Whether the host of a URL holds brackets that do not enclose an IPv6 address, as templates do: Python cannot join it.
    private func hasBracketedHost(_ url: String) -> Bool {
      guard let start = url.range(of: "//"), url[..<start.lowerBound].allSatisfy({ $0.isLetter || $0 == ":" }) else {
        return false
      }
      let host = url[start.upperBound...].prefix { !"/?#".contains($0) }
      guard host.contains("[") || host.contains("]") else { return false }
      return host.firstMatch(of: /^(?:[^@\[\]]*@)?\[[0-9A-Fa-f:.]+\](?::[0-9]*)?$/) == nil
    }

    /// Whether the fields are now as they should be.
    func isDone(_ fields: Fields) -> Bool {
      switch self {
      case .urlBase: return fields.has("url") && fields["url_base"] == nil
      case .path: return fields.has("url") && fields["path"] == nil
      case .requestBody:
        let hasText = fields["request_body_json"]?.string != nil
        return !Self.isBodyUnmigrated(fields) && (hasText || fields["request_body"] != nil)
      }
    }

    /// A body that is a template for JSON stays: what it gives is known only when it is filled in.
    private static func isBodyUnmigrated(_ fields: Fields) -> Bool {
      fields["request_body_data"] != nil || fields["request_body_json"].map { $0.string == nil } == true
    }
  }

  /// The fields of a component while they are rewritten.
  private struct Fields {
    var entries: [ManifestEntry]

    subscript(key: String) -> ManifestValue? {
      get { entries.first { $0.key == key }?.value }
      set {
        let place = entries.firstIndex { $0.key == key }
        switch (place, newValue) {
        case (let place?, let value?): entries[place] = entries[place].with(value)
        case (let place?, nil): entries.remove(at: place)
        case (nil, let value?): entries.append(ManifestEntry(key: key, keyMark: value.mark, value: value))
        case (nil, nil): break
        }
      }
    }

    /// Whether the field is there and not null.
    func has(_ key: String) -> Bool {
      if case .null? = self[key]?.content { false } else { self[key] != nil }
    }

    mutating func setBody(_ type: String, _ value: ManifestValue) {
      let body = [
        ManifestEntry(key: "type", value: ManifestValue(.string(type))),
        ManifestEntry(key: "value", keyMark: value.mark, value: value),
      ]
      self["request_body"] = ManifestValue(.mapping(ManifestMapping(body)), mark: value.mark)
    }
  }

  private static func process(
    _ value: ManifestValue, _ migration: Migration, _ isMigrated: inout Bool
  ) throws(Unfit) -> ManifestValue {
    switch value.content {
    case .sequence(let elements):
      var result: [ManifestValue] = []
      for element in elements { result.append(try process(element, migration, &isMigrated)) }
      return zip(result, elements).allSatisfy { $0 === $1 }
        ? value : ManifestValue(.sequence(result), mark: value.mark, reference: value.reference)
    case .mapping(let mapping):
      var fields = Fields(entries: mapping.entries)
      var isChanged = false
      if let type = mapping["type"]?.string {
        if type == "DynamicDeclarativeStream" { return value }
        if type == "HttpRequester", migration.concerns(fields) {
          try migration.apply(to: &fields)
          isMigrated = migration.isDone(fields)
          isChanged = true
        }
      }
      for place in fields.entries.indices {
        let inner = try process(fields.entries[place].value, migration, &isMigrated)
        guard inner !== fields.entries[place].value else { continue }
        fields.entries[place] = fields.entries[place].with(inner)
        isChanged = true
      }
      guard isChanged else { return value }
      return ManifestValue(.mapping(ManifestMapping(fields.entries)), mark: value.mark, reference: value.reference)
    default: return value
    }
  }

  private static func note(
    _ migration: Migration, in manifest: ManifestValue, _ time: String
  ) throws(Unfit) -> ManifestValue {
    guard let root = manifest.mapping else { throw Unfit() }
    var fields = Fields(entries: root.entries)
    var metadata = Fields(entries: try fields["metadata"].map { value throws(Unfit) in try entries(value) } ?? [])
    var applied: [ManifestValue] = []
    if let known = metadata["applied_migrations"] {
      guard case .sequence(let elements) = known.content else { throw Unfit() }
      applied = elements
    }
    let version = fields["version"]?.string ?? "0.0.0"
    let trace = [("from_version", version), ("to_version", "*"), ("migration", migration.rawValue), ("migrated_at", time)]
      .map { ManifestEntry(key: $0.0, value: ManifestValue(.string($0.1))) }
    applied.append(ManifestValue(.mapping(ManifestMapping(trace))))
    metadata["applied_migrations"] = ManifestValue(.sequence(applied))
    fields["metadata"] = ManifestValue(.mapping(ManifestMapping(metadata.entries)), mark: fields["metadata"]?.mark)
    return ManifestValue(.mapping(ManifestMapping(fields.entries)), mark: manifest.mark)
  }

  private static func entries(_ value: ManifestValue) throws(Unfit) -> [ManifestEntry] {
    guard let mapping = value.mapping else { throw Unfit() }
    return mapping.entries
  }
}
