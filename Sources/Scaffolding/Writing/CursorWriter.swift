import JSON

extension CursorDescription {
  /// The cursor.
  func component(_ config: ConfigKeys) -> CommentedYAML {
    var yaml = CommentedYAML(type: "DatetimeBasedCursor")
    yaml.add("cursor_field", .string(field))
    let sent = requestFormat ?? formats.first ?? "%Y-%m-%dT%H:%M:%SZ"
    yaml.add("datetime_format", .string(sent))
    if formats != [sent], !formats.isEmpty { yaml.add("cursor_datetime_formats", .array(formats.map { .string($0) })) }
    var start = CommentedYAML(type: "MinMaxDatetime")
    start.add("datetime", .string(config.template(ConfigKeys.startDate)))
    start.add("datetime_format", .string(ConfigKeys.startDateFormat))
    yaml.add("start_datetime", start)
    if let step, end != nil {
      yaml.add("step", .string(step))
      yaml.add("cursor_granularity", .string(granularity ?? Self.granularity(of: sent)))
    }
    if let place = self.start {
      yaml.add("start_time_option", RequestOptionText.component(place))
    } else {
      yaml.add(
        "is_client_side_incremental", true,
        comments: ["No request says from when on records are needed, so that older ones are left out after they came."])
    }
    if let end { yaml.add("end_time_option", RequestOptionText.component(end)) }
    return yaml
  }

  /// The smallest difference between two values in a format.
  private static func granularity(of format: String) -> String {
    if format.contains("%ms") || format.contains("%_ms") { return "PT0.001S" }
    if format.contains("%f") || format.contains("%s_as_float") || format.contains("%epoch_microseconds") { return "PT0.000001S" }
    if format.contains("%S") || format.contains("%s") || format.contains("%T") { return "PT1S" }
    if format.contains("%M") { return "PT1M" }
    return format.contains("%H") ? "PT1H" : "P1D"
  }
}
