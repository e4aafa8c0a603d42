"""The rows of the table of resources that speak of the user interface, of processes, tooling objects and passwords."""

from __future__ import annotations

from typing import Final

from mockorg_server.rest.resource import (
    layout,
    list_view,
    password,
    process,
    tooling_sobject,
    ui_api,
    user_interface,
)
from mockorg_server.rest.route import Route

_NONE: Final = "whole: there are none in the mock"

INTERFACE_RESOURCES: Final = (
    Route("recent", {"GET": user_interface.recent}, "records of FOR VIEW and FOR REFERENCE queries"),
    Route("tabs", {"GET": user_interface.tabs}, "one for each object with pages, without icons"),
    Route("theme", {"GET": user_interface.theme}, "no icons and colours"),
    Route("appMenu", {"GET": user_interface.app_menu_types}, "whole"),
    Route("appMenu/{menu}", {"GET": user_interface.app_menu}, _NONE),
    Route("quickActions", {"GET": user_interface.quick_actions}, _NONE),
    Route("quickActions/{name}", {"GET": user_interface.no_quick_action}, _NONE),
    Route("sobjects/{sobject}/quickActions", {"GET": user_interface.sobject_quick_actions}, _NONE),
    Route("sobjects/relevantItems", {"GET": user_interface.relevant_items}, "always empty: ranks are not kept", 35),
    Route("nouns", {"GET": user_interface.relevant_items}, "always empty"),
    Route("search/layout", {"GET": layout.search_layout}, "the name of the object as the only column"),
    Route("search/scopeOrder", {"GET": layout.search_scope}, "by name: how often objects are used is not kept"),
    Route("sobjects/Global/describe/layouts", {"GET": layout.global_layouts}, _NONE),
    Route("sobjects/{sobject}/describe/layouts", {"GET": layout.layouts}, "one layout made from the describe"),
    Route(
        "sobjects/{sobject}/describe/layouts/{record_type}",
        {"GET": layout.layout_of_record_type},
        "one layout made from the describe",
    ),
    Route("sobjects/{sobject}/describe/namedLayouts/{name}", {"GET": layout.named_layout}, _NONE),
    Route("sobjects/{sobject}/describe/compactLayouts", {"GET": layout.compact_layouts}, "the system's own alone"),
    Route("sobjects/{sobject}/describe/approvalLayouts", {"GET": layout.approval_layouts}, _NONE),
    Route("sobjects/{sobject}/listviews", {"GET": list_view.list_views}, "all, own and recent records", 32),
    Route("sobjects/{sobject}/listviews/{view}", {"GET": list_view.list_view}, "all, own and recent records", 32),
    Route("sobjects/{sobject}/listviews/{view}/describe", {"GET": list_view.describe}, "without whereCondition", 32),
    Route("sobjects/{sobject}/listviews/{view}/results", {"GET": list_view.results}, "name, owner and dates", 32),
    Route("process/rules", {"GET": process.rules}, _NONE),
    Route("process/rules/{sobject}", {"GET": process.sobject_rules}, _NONE),
    Route("process/rules/{sobject}/{rule}", {"GET": process.no_rule}, _NONE),
    Route("process/approvals", {"GET": process.approvals, "POST": process.submit}, _NONE),
    Route(
        "sobjects/User/{id}/password",
        {"GET": password.status, "POST": password.refuse, "DELETE": password.refuse},
        "read alone: a password decides no login",
    ),
    Route("tooling/sobjects", {"GET": tooling_sobject.describe_global}, "objects that the data API has too"),
    Route(
        "tooling/sobjects/{sobject}",
        {"GET": tooling_sobject.basic, "POST": tooling_sobject.create},
        "objects that the data API has too",
    ),
    Route(
        "tooling/sobjects/{sobject}/describe",
        {"GET": tooling_sobject.describe_sobject},
        "objects that the data API has too",
    ),
    Route(
        "tooling/sobjects/{sobject}/{id}",
        {"GET": tooling_sobject.read, "PATCH": tooling_sobject.update, "DELETE": tooling_sobject.delete},
        "objects that the data API has too",
    ),
    Route("ui-api/object-info", {"GET": ui_api.object_infos}, "whole", 41),
    Route("ui-api/object-info/{sobject}", {"GET": ui_api.object_info}, "without theme and dependent fields", 41),
    Route(
        "ui-api/object-info/{sobject}/picklist-values/{record_type}",
        {"GET": ui_api.all_picklist_values},
        "without dependencies",
        41,
    ),
    Route(
        "ui-api/object-info/{sobject}/picklist-values/{record_type}/{field}",
        {"GET": ui_api.picklist_values},
        "without dependencies",
        41,
    ),
    Route("ui-api/records", {"POST": ui_api.create}, "apiName and fields", 41),
    Route(
        "ui-api/records/{id}",
        {"GET": ui_api.read, "PATCH": ui_api.update, "DELETE": ui_api.delete},
        "fields and optionalFields, parents one step away",
        41,
    ),
)
"""They stand before the others: their addresses have names where others have Ids."""
