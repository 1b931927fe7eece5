"""A tap written with the Singer SDK: departments, and the people of each."""

from singer_sdk import Stream, Tap
from singer_sdk import typing as th


class Departments(Stream):
    name = "departments"
    primary_keys = ["id"]
    replication_key = None
    schema = th.PropertiesList(th.Property("id", th.IntegerType), th.Property("title", th.StringType)).to_dict()

    def get_records(self, context):
        for number in range(1, 4):
            yield {"id": number, "title": f"Department {number}"}

    def get_child_context(self, record, context):
        return {"department": record["id"]}


class People(Stream):
    name = "people"
    primary_keys = ["department", "number"]
    replication_key = "number"
    is_sorted = True
    parent_stream_type = Departments
    schema = th.PropertiesList(
        th.Property("department", th.IntegerType), th.Property("number", th.IntegerType), th.Property("born", th.DateTimeType)).to_dict()

    def get_records(self, context):
        first = self.get_starting_replication_key_value(context) or 0
        for number in range(first + 1, int(self.config.get("people", 5)) + 1):
            yield {"department": context["department"], "number": number, "born": "1990-01-01T00:00:00Z"}


class TapSample(Tap):
    name = "tap-sample"
    config_jsonschema = th.PropertiesList(
        th.Property("token", th.StringType, required=True, secret=True), th.Property("people", th.IntegerType, default=5)).to_dict()

    def discover_streams(self):
        return [Departments(self), People(self)]


if __name__ == "__main__":
    TapSample.cli()
