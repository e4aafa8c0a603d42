"""Behaviour: the org, its clock, ids, sessions and cursors, and one module per family of calls. Knows no wire."""
