import JSON

/// An image of a connector, or of the runtime alone, which serves the manifest that it finds (OCI Image Format 1.0).
package struct ContainerImage {
  package let name: String
  package let version: String
  /// The files of this system that are in the image.
  let hostPaths: [String]
  /// How many bytes the files of Python have, and its layer; nil if there is none.
  package let pythonSize: (files: Int, layer: Int)?
  private let layers: [Layer]
  private let config: [UInt8]
  private let manifest: [UInt8]

  private static let configType = "application/vnd.oci.image.config.v1+json"
  private static let layerType = "application/vnd.oci.image.layer.v1.tar+gzip"
  private static let manifestType = "application/vnd.oci.image.manifest.v1+json"

  /// - Parameters:
  ///   - runtime: the program; a package in it is left out.
  ///   - package: the connector; nil for the runtime alone.
  ///   - python: the folder of a Python with its `bin` and `lib`, for custom components.
  ///   - name: of the image's repository, as in `airbyte/source-name`; `version` is its tag.
  /// - Throws: ``PackagingError`` if this system lacks something that the image needs.
  package init(
    _ runtime: SealedExecutable, package: Package?, python: String? = nil, name: String, version: String
  ) throws {
    self.name = name
    self.version = version
    let root = try RuntimeTree(runtime)
    hostPaths = root.tree.hostPaths
    var layers = [try Layer(root.tree, origin: "airbyte-lowcode image")]
    var environment = Self.environment
    var libraryPath = root.libraryPath
    if let python {
      let added = try PythonTree(python, besides: root)
      let layer = try Layer(added.tree, origin: "Python of the custom components")
      layers.append(layer)
      libraryPath += added.libraryPath
      environment.append("\(Self.interpreterVariable)=\(ImageLayout.interpreter)")
      pythonSize = (added.byteCount, layer.blob.count)
    } else {
      pythonSize = nil
    }
    if !libraryPath.isEmpty { environment.append("LD_LIBRARY_PATH=\(libraryPath.joined(separator: ":"))") }
    if let package {
      var tree = ImageTree()
      for (path, bytes) in package.contents {
        tree.add("\(ImageLayout.manifestFolder)/\(path)", .bytes(bytes), mode: 0o644, owner: ImageLayout.user)
      }
      // These are in the layer below, and would otherwise be in this one as root's.
      for folder in ["/airbyte", ImageLayout.workingFolder, ImageLayout.manifestFolder] {
        tree.addFolder(folder, owner: ImageLayout.user)
      }
      layers.append(try Layer(tree, origin: "manifest of \(package.name)"))
    }
    self.layers = layers
    config = Self.config(layers, name: name, version: version, environment)
    manifest = Self.bytes([
      "schemaVersion": 2,
      "mediaType": .string(Self.manifestType),
      "config": Self.descriptor(config, Self.configType),
      "layers": .array(layers.map { Self.descriptor($0.blob, Self.layerType) }),
    ])
  }

  /// The files of the OCI layout with the one that `docker load` also needs, by path.
  package var files: [(path: String, bytes: [UInt8])] {
    let blobs = ([config, manifest] + layers.map(\.blob)).map { (Self.path(of: $0), $0) }
    var entry = Self.descriptor(manifest, Self.manifestType).object ?? [:]
    entry["platform"] = ["architecture": .string(Architecture.current.name), "os": "linux"]
    entry["annotations"] = ["org.opencontainers.image.ref.name": .string(version)]
    let index: JSONValue = [
      "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [.object(entry)],
    ]
    let docker: JSONValue = [
      [
        "Config": .string(Self.path(of: config)),
        "RepoTags": [.string("\(name):\(version)")],
        "Layers": .array(layers.map { .string(Self.path(of: $0.blob)) }),
      ]
    ]
    return [("oci-layout", Self.bytes(["imageLayoutVersion": "1.0.0"])), ("index.json", Self.bytes(index))]
      + [("manifest.json", Self.bytes(docker))] + blobs.sorted { $0.0 < $1.0 }
  }

  /// What every image sets.
  private static let environment = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "AIRBYTE_ENTRYPOINT=\(ImageLayout.program)",
    "SSL_CERT_FILE=\(ImageLayout.certificates)",
  ]
  /// The variable by which the program finds the Python of custom components.
  private static let interpreterVariable = "AIRBYTE_LOWCODE_PYTHON"

  private static func config(_ layers: [Layer], name: String, version: String, _ environment: [String]) -> [UInt8] {
    // Nothing here knows when it was made: the same connector is the same image.
    let created: JSONValue = "1970-01-01T00:00:00Z"
    return bytes([
      "created": created,
      "architecture": .string(Architecture.current.name),
      "os": "linux",
      "config": [
        "User": .string("\(ImageLayout.user)"),
        "Env": .array(environment.map { .string($0) }),
        "Entrypoint": [.string(ImageLayout.program)],
        "WorkingDir": .string(ImageLayout.workingFolder),
        "Labels": ["io.airbyte.name": .string(name), "io.airbyte.version": .string(version)],
      ],
      "rootfs": ["type": "layers", "diff_ids": .array(layers.map { .string("sha256:\($0.tarDigest)") })],
      "history": .array(layers.map { ["created": created, "created_by": .string($0.origin)] }),
    ])
  }

  private static func descriptor(_ blob: [UInt8], _ type: String) -> JSONValue {
    ["mediaType": .string(type), "digest": .string("sha256:\(Digest(of: blob))"), "size": .int(blob.count)]
  }

  private static func path(of blob: [UInt8]) -> String { "blobs/sha256/\(Digest(of: blob))" }

  private static func bytes(_ value: JSONValue) -> [UInt8] { Array(value.jsonText.utf8) }
}
