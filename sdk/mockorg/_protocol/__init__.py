"""The wires: calls to bytes, bytes to results. Encoding and decoding only: nothing here sends, waits or remembers.

``soap`` is the SOAP API (partner), ``rest`` the REST API. A wire offers ``encode`` and ``decode`` over the
calls of ``_call.py``.
"""
