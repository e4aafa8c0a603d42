"""The mock's own admin API under ``/_mockorg``: health, reset, seed, clock."""
