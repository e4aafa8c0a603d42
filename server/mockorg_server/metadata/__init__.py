"""A team's own schema, read from the forms in which teams keep it: source folders, describe JSON, enterprise WSDLs.

It makes values of the schema room (``Additions``) and a list of what it did not understand. It answers no call.
"""
