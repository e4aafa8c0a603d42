"""What the store refuses. Not a wire's error: the core turns it into one."""


class StoreError(Exception):
    """The database cannot be opened, read or written now; the message is one line for a person.

    The call that met it has changed nothing, and the store stays usable. A mistake of the caller (an unknown
    column, an id that exists already) is not a StoreError but ValueError, KeyError or the driver's own error: a bug.
    """


class StoreCapacityError(StoreError):
    """What was asked is beyond what the database carries: a join too wide, a number or text it has no room for."""


class StoreUnsupportedError(StoreError):
    """Something asked of the store that mockorg does not do; the message names it."""
