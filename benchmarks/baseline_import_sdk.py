"""What any SDK of this kind needs, and nothing of ours."""

import lxml.etree  # noqa: F401
import requests  # noqa: F401
