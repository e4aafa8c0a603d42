"""The resources of the REST API, one module for each: functions from a request to an answer."""
