"""What any server of this kind holds in memory before it does anything: the imports of ``baseline_start.py``."""

import threading

import baseline_start  # noqa: F401

print("baseline ready on http://127.0.0.1:0", flush=True)
threading.Event().wait()
