"""What can go wrong, as one sentence."""


class AirbyteLowcodeError(Exception):
    """A read that failed, or options that cannot work.

    The text is a sentence for the user. `failure_type` is `config_error`, `transient_error` or `system_error`, as in the protocol.
    """

    def __init__(self, message: str, failure_type: str = "config_error"):
        super().__init__(message, failure_type)
        self.message = message
        self.failure_type = failure_type

    def __str__(self) -> str:
        return f"{self.message} ({self.failure_type})"
