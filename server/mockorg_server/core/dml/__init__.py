"""Saving and deleting records: the ordered rules that every write goes through, whichever call it came by."""
