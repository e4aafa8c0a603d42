"""What the language refuses: an error code, a message in the platform's words, and where in the text."""


class SoqlError(Exception):
    """A query that cannot be answered.

    ``code`` is the API's ExceptionCode (MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE …); ``message`` already holds
    the excerpt with its caret when a position is known; ``row`` and ``column`` are 1-based, -1 when unknown.
    """

    def __init__(self, code: str, message: str, row: int = -1, column: int = -1) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.row = row
        self.column = column
