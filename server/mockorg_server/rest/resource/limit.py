"""The org's limits and record counts."""

from __future__ import annotations

from typing import Final

from mockorg_server.core.calls import operation as op
from mockorg_server.rest.exchange import Answer, Request

# Names that clients read, with the figures of a Developer Edition (Limits resource, samples). Only the API requests
# are counted: nothing else of this is used up in the mock.
_MOST: Final = {
    "ActiveScratchOrgs": 3,
    "AnalyticsExternalDataSizeMB": 40960,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentEinsteinDiscoveryStoryCreation": 2,
    "ConcurrentSyncReportRuns": 20,
    "DailyAnalyticsDataflowJobExecutions": 60,
    "DailyAnalyticsUploadedFilesSizeMB": 51200,
    "DailyAsyncApexExecutions": 250000,
    "DailyAsyncApexTests": 500,
    "DailyBulkApiBatches": 15000,
    "DailyBulkV2QueryFileStorageMB": 976562,
    "DailyBulkV2QueryJobs": 10000,
    "DailyDeliveredPlatformEvents": 10000,
    "DailyDurableGenericStreamingApiEvents": 10000,
    "DailyDurableStreamingApiEvents": 10000,
    "DailyEinsteinDataInsightsStoryCreation": 1000,
    "DailyEinsteinDiscoveryPredictAPICalls": 50000,
    "DailyGenericStreamingApiEvents": 10000,
    "DailyScratchOrgs": 6,
    "DailyStandardVolumePlatformEvents": 10000,
    "DailyStreamingApiEvents": 10000,
    "DailyWorkflowEmails": 390,
    "DataStorageMB": 5,
    "DurableStreamingApiConcurrentClients": 20,
    "FileStorageMB": 20,
    "HourlyAsyncReportRuns": 1200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5000,
    "HourlyDashboardStatuses": 999999999,
    "HourlyLongTermIdMapping": 100000,
    "HourlyManagedContentPublicRequests": 50000,
    "HourlyODataCallout": 1000,
    "HourlyPublishedPlatformEvents": 50000,
    "HourlyPublishedStandardVolumePlatformEvents": 1000,
    "HourlyShortTermIdMapping": 100000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 50,
    "MassEmail": 10,
    "MonthlyEinsteinDiscoveryStoryCreation": 500,
    "MonthlyPlatformEventsUsageEntitlement": 0,
    "Package2VersionCreates": 6,
    "Package2VersionCreatesWithoutValidation": 500,
    "PermissionSets": 1500,
    "PrivateConnectOutboundCalloutHourlyLimitMB": 0,
    "PublishCallbackUsageInApex": 5,
    "SingleEmail": 15,
    "StreamingApiConcurrentClients": 20,
}


def limits(request: Request) -> Answer:
    """GET /limits: each limit with what remains of it."""
    request.run(op.GetServerTimestamp())
    used, most = request.org.api_usage()
    value = {name: {"Max": number, "Remaining": number} for name, number in _MOST.items()}
    value["DailyApiRequests"] = {"Max": most, "Remaining": max(most - used, 0)}
    return Answer(dict(sorted(value.items())))


def record_count(request: Request) -> Answer:
    """GET /limits/recordCount?sObjects=: how many records there are; what has none is left out."""
    names = tuple(name.strip() for name in (request.parameter("sObjects") or "").split(",") if name.strip())
    counts = request.run(op.CountRecords(names))
    return Answer({"sObjects": [{"count": count, "name": name} for name, count in counts.items()]})
