// The public API: what these modules have of it, and the types of this one. Everything else of them is for this package only.
@_exported import AirbyteProtocol
@_exported import ConnectorModel
@_exported import Engine
@_exported import JSON
@_exported import Manifest
@_exported import struct OrderedCollections.OrderedDictionary
@_exported import class YAML.SourceFile
@_exported import struct YAML.SourceMark
