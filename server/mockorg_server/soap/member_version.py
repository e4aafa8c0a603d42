"""Since which API version the contract's result types have which member.

A client made from an older version's WSDL reads strictly: a member that its WSDL does not have breaks zeep and WSC. The
shipped contract is that of 60.0; members that older versions lack are listed here, and no writer sends them there.

Read from public partner WSDLs of 29.0, 38.0, 47.0 and 51.0 and a recorded describe of about 43.0: the version given is
the first one in which the member was seen, so the true one may lie a few versions earlier. Members that are not listed
are in every version this org answers (31.0 and later).
"""

from __future__ import annotations

from collections.abc import Mapping

_IN_38_DESCRIBE = ("actionOverrides", "hasSubtypes", "idEnabled", "mruEnabled", "namedLayoutInfos")
_IN_47 = ("dataTranslationEnabled", "deepCloneable", "isInterface")
_IN_51 = ("associateEntityType", "associateParentEntity")

MEMBER_SINCE: Mapping[str, Mapping[str, int]] = {
    "tns:ChildRelationship": dict.fromkeys(("junctionIdListNames", "junctionReferenceTo"), 38),
    "tns:DescribeGlobalSObjectResult": {
        **dict.fromkeys(("hasSubtypes", "idEnabled", "mruEnabled"), 38),
        "isSubtype": 43,
        **dict.fromkeys(_IN_47, 47),
        **dict.fromkeys(_IN_51, 51),
    },
    "tns:DescribeSObjectResult": {
        **dict.fromkeys(_IN_38_DESCRIBE, 38),
        **dict.fromkeys(("networkScopeFieldName", "supportedScopes"), 38),
        "isSubtype": 43,
        **dict.fromkeys(_IN_47, 47),
        **dict.fromkeys(("defaultImplementation", "implementedBy", "implementsInterfaces"), 47),
        **dict.fromkeys(_IN_51, 51),
    },
    "tns:Error": {"extendedErrorDetails": 38},
    "tns:Field": {
        **dict.fromkeys(("aggregatable", "compoundFieldName", "defaultValue", "encrypted", "extraTypeInfo"), 38),
        **dict.fromkeys(("filteredLookupInfo", "highScaleNumber", "mask", "maskType", "queryByDistance"), 38),
        "referenceTargetField": 38,
        **dict.fromkeys(("polymorphicForeignKey", "searchPrefilterable"), 43),
        **dict.fromkeys(("aiPredictionField", "dataTranslationEnabled", "formulaTreatNullNumberAsZero"), 47),
    },
    "tns:GetUserInfoResult": {"chatterExternal": 47, "orgDefaultCurrencyLocale": 38},
    "tns:RecordTypeInfo": {"active": 43, "developerName": 47, "master": 38},
    "tns:SearchRecord": dict.fromkeys(("searchRecordMetadata", "snippet"), 47),
    "tns:SearchResult": {"queryId": 49, "searchResultsMetadata": 47},  # a recorded reply of 48.0 has no queryId
}
"""First version by prefixed type name and member name."""


def is_shown(type_name: str, member: str, version: int) -> bool:
    """Tell whether an API version's WSDL has a member of a type."""
    return MEMBER_SINCE.get(type_name, {}).get(member, 0) <= version
