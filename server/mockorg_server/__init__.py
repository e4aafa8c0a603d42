"""The mock org: a Salesforce-compatible server.

The rooms of this package and who may import whom are drawn in ``docs/architecture.md`` and held by import-linter.
"""


def __getattr__(name: str) -> str:
    # Looking the version up costs more than all other imports of a short command, so it waits until it is asked for.
    if name != "__version__":
        raise AttributeError(name)
    from importlib.metadata import version  # noqa: PLC0415

    return version("mockorg")
