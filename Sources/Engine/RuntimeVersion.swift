/// Which version of the runtime this is, and which of the reference it does as.
package enum RuntimeVersion {
  package static let number = "0.1.0"
  /// The version of airbyte-cdk.
  package static let reference = "7.39.1"
  package static let text = "\(number) (compatible with airbyte-cdk \(reference))"
}
