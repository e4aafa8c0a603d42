"""What exists: sObjects, fields and relationships as data, and an org's view of them per API version."""
