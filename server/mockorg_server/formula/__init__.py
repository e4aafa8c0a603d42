"""The formula language: text to closures, pure; rows, orgs and SQL are unknown here. See ``docs/formula.md``."""
