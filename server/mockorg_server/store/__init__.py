"""Rows: tables, plans as SQL, reading and writing. The only room that knows SQLAlchemy and databases."""
