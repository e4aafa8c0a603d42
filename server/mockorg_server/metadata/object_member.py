"""What a CustomObject may say beside its fields, record types and rules, and what becomes of it here."""

from __future__ import annotations

from typing import Final

FOLLOWED: Final = frozenset(
    {
        "customSettingsType", "enableActivities", "enableFeeds", "enableHistory", "enableSearch", "fields", "fullName",
        "label", "nameField", "pluralLabel", "recordTypes", "sharingModel", "validationRules",
    }
)  # fmt: skip
"""Members that are read."""

UNSEEN: Final = frozenset(
    {
        "actionOverrides", "allowInChatterGroups", "compactLayoutAssignment", "deploymentStatus", "deprecated",
        "description", "enableBulkApi", "enableChangeDataCapture", "enableDataTranslation", "enableDivisions",
        "enableEnhancedLookup", "enableLicensing", "enableReports", "enableSharing", "enableStreamingApi", "eventType",
        "externalSharingModel", "gender", "household", "isWarehouseReadOnly", "language", "namedFilters",
        "publishBehavior", "recordTypeTrackFeedHistory", "recordTypeTrackHistory", "searchLayouts", "startsWith",
        "visibility",
    }
)  # fmt: skip
"""Members that change nothing which a client of the API sees here."""

PARTS: Final = {
    "businessProcesses": "businessProcess",
    "compactLayouts": "compactLayout",
    "fieldSets": "fieldSet",
    "listViews": "listView",
    "sharingReasons": "sharingReason",
    "webLinks": "webLink",
}
"""Members that are files of their own in source form, by the ending of these; told by number."""
