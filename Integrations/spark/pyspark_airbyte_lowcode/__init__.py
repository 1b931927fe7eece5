"""Spark imports modules whose names begin with `pyspark_`, and registers the `DefaultSource` of each. That is why
`spark.read.format("airbyte_lowcode")` works as soon as this distribution is installed."""

from airbyte_lowcode_spark.source import AirbyteLowcodeDataSource as DefaultSource

__all__ = ["DefaultSource"]
