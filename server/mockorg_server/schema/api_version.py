"""The API versions this org speaks, as facts.

Not here: what each version shows (``min_api_version`` of objects and fields), nor how a wire refuses the others.

Sources: the SOAP API developer guide, pages "SOAP API end-of-life policy" (versions 21.0 to 30.0 are retired since
Summer '25) and "login()" (available in version 64.0 and earlier). ``NEWEST`` is the newest release this org claims.
"""

from typing import Final

OLDEST: Final = 31
"""The oldest version that answers; older ones are refused with UNSUPPORTED_API_VERSION."""

NEWEST: Final = 68
"""The newest version that answers."""

LOGIN_LAST: Final = 64
"""The last version whose SOAP API has the call login()."""
