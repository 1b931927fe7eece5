import Manifest

/// The keys that entries of an `acceptance-test-config.yml` can have, here and in the reference.
enum AcceptanceKeys {
  /// What the retired tests took everywhere.
  private static let common: Set<String> = ["config_path", "timeout_seconds", "deployment_mode", "bypass_reason"]

  /// What they took in each section.
  private static let own: [AcceptanceConfig.Section: Set<String>] = [
    .spec: ["spec_path", "backward_compatibility_tests_config", "auth_default_method"],
    .connection: ["status"],
    .discovery: ["backward_compatibility_tests_config", "validate_primary_keys_data_type"],
    .basicRead: [
      "configured_catalog_path", "empty_streams", "expect_records", "validate_schema", "validate_stream_statuses",
      "validate_state_messages", "validate_primary_keys_data_type", "fail_on_extra_columns", "validate_data_points",
      "expect_trace_message_on_failure", "file_types", "client_container_config",
      // Of the form before 0.2.12.
      "exact_order", "ignored_fields",
    ],
    .fullRefresh: ["configured_catalog_path", "ignored_fields", "client_container_config"],
    .incremental: [
      "configured_catalog_path", "future_state", "future_state_path", "cursor_paths", "threshold_days",
      "skip_comprehensive_incremental_tests", "client_container_config",
    ],
    .attributes: ["streams_without_primary_key", "allowed_hosts", "suggested_streams"],
    .documentation: [],
  ]

  /// What `airbyte_cdk.test` takes in an entry of any section that it collects.
  private static let current: Set<String> = [
    "config_path", "config_dict", "configured_catalog_path", "empty_streams", "status", "bypass_reason", "validate_schema",
  ]

  /// What it takes besides, and does not look at.
  private static let ignored: [AcceptanceConfig.Section: Set<String>] = [
    .spec: ["spec_path", "backward_compatibility_tests_config", "deployment_mode"],
    .connection: ["deployment_mode"],
    .discovery: ["backward_compatibility_tests_config"],
    .basicRead: ["client_container_config", "expect_trace_message_on_failure", "validate_state_messages"],
    .fullRefresh: ["client_container_config"],
  ]

  /// The keys that neither knows.
  static func problems(of entry: AcceptanceConfig.Entry) -> [Diagnostic] {
    guard let members = entry.node.entries else {
      return [AcceptanceConfig.diagnostic("An entry of `\(entry.section.rawValue)` should be a mapping", at: entry.node.mark)]
    }
    let known = common.union(own[entry.section] ?? []).union(current)
    return members.compactMap { key, node in
      guard !known.contains(key) else { return nil }
      return AcceptanceConfig.diagnostic(
        "An entry of `\(entry.section.rawValue)` has no `\(key)`", at: node.keyMark ?? node.mark,
        NameSuggestion.nearest(to: key, among: known.sorted()).map(Remedy.name))
    }
  }

  /// The keys with which the reference's tests do not start.
  static func refused(in entry: AcceptanceConfig.Entry) -> [TestFailure] {
    guard let accepted = ignored[entry.section] else { return [] }
    return (entry.node.entries ?? []).compactMap { key, node in
      guard !current.contains(key), !accepted.contains(key) else { return nil }
      return TestFailure(
        "airbyte_cdk.test of airbyte-cdk 7.39.1 refuses `\(key)` in `\(entry.section.rawValue)`; this program knows it",
        at: node.keyMark ?? node.mark)
    }
  }
}
