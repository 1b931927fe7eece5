import Bytes

/// A compressed layer of an image, whole in memory.
struct Layer {
  let blob: [UInt8]
  /// The digest of the tar before it was compressed.
  let tarDigest: Digest
  /// How the image's history describes the layer.
  let origin: String

  init(_ tree: ImageTree, origin: String) throws {
    var blob: [UInt8] = []
    let hash = MessageDigest(.sha256)
    let compressor = try Compressor { blob += $0 }
    try tree.writeTar { bytes in
      hash.update(bytes)
      try compressor.add(bytes)
    }
    try compressor.finish()
    self.blob = blob
    tarDigest = Digest(hash)
    self.origin = origin
  }
}
