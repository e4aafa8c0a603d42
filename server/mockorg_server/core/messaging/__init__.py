"""Automated messages: what becomes of a ConvMessageSendRequest after the action ``sendConversationMessages`` made it.

Nothing is really sent. ``Messaging`` is what an org has; a *step* of it sends a batch of each request. Which messages
fail, and when anything moves, is under the test's control. What the platform's documentation does not tell is
decided here and written down in ``docs/messaging.md``.
"""
