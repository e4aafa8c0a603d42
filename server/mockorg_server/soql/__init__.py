"""The query language: text to tokens to syntax tree to a bound plan. Knows no SQL and no org."""
