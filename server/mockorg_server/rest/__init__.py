"""The REST wire: JSON in and out. It translates, and nothing else; behaviour is in the core.

``route.py`` is the table of what there is; each resource has a module in ``resource/``.
"""
