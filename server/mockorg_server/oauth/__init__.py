"""The OAuth wire: ``/services/oauth2``, identities under ``/id``, and the documents under ``/.well-known``."""
