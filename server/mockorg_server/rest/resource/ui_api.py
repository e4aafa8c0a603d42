"""The parts of the User Interface API that clients call: object infos, records, picklist values.

Members follow the User Interface API guide's response bodies. Themes, dependent picklists, layouts and record defaults
are not told; a record is read by the fields that are asked for, not by layout.
"""

from __future__ import annotations

from typing import Any, Final

from mockorg_server.core.calls import operation as op
from mockorg_server.core.duplicate_result import DuplicateRuleHeader
from mockorg_server.core.record import RetrieveResult, SaveResult
from mockorg_server.rest.error import RestError, not_found
from mockorg_server.rest.exchange import Answer, Request
from mockorg_server.rest.precondition import etag_of
from mockorg_server.rest.record_reader import read_record
from mockorg_server.rest.resource.record import refused, sobject_of
from mockorg_server.schema.describe import MASTER_RECORD_TYPE_ID, picklist_of, record_types
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.record_shape import FieldMember
from mockorg_server.schema.sobject import ChildRelationship, Field, SObject

_DATA_TYPES: Final = {
    FieldType.BASE64: "Base64",
    FieldType.DATETIME: "DateTime",
    FieldType.ENCRYPTEDSTRING: "EncryptedString",
    FieldType.MULTIPICKLIST: "MultiPicklist",
    FieldType.TEXTAREA: "TextArea",
}
"""Where the API's name of a type is more than the field type with a large first letter."""
_PICKLISTS: Final = frozenset({FieldType.PICKLIST, FieldType.MULTIPICKLIST, FieldType.COMBOBOX})
_STAMPS: Final = ("LastModifiedById", "LastModifiedDate", "SystemModstamp", "RecordTypeId")


def object_infos(request: Request) -> Answer:
    """GET /ui-api/object-info: the objects that there are."""
    outlines = request.run(op.DescribeGlobal()).sobjects
    objects = {
        each.name: {
            "apiName": each.name,
            "keyPrefix": each.key_prefix,
            "label": each.label,
            "labelPlural": each.label_plural,
            "nameFields": ["Name"],
            "objectInfoUrl": f"{request.root}/ui-api/object-info/{each.name}",
        }
        for each in outlines
        if each.layoutable
    }
    return Answer({"eTag": etag_of(",".join(objects)).strip('"'), "objects": objects})


def object_info(request: Request) -> Answer:
    """GET /ui-api/object-info/X."""
    sobject = sobject_of(request)
    request.run(op.DescribeSObjects((sobject.name,)))
    types = record_types(sobject)
    default = next((each.id for each in types if each.is_default), MASTER_RECORD_TYPE_ID)
    value: dict[str, object] = {
        "apiName": sobject.name,
        "associateEntityType": sobject.associate_entity_type,
        "associateParentEntity": sobject.associate_parent_entity,
        "childRelationships": [_child(each) for each in sobject.child_relationships if each.relationship_name],
        "createable": sobject.createable,
        "custom": sobject.custom,
        "defaultRecordTypeId": default,
        "deletable": sobject.deletable,
        "dependentFields": {},
        "feedEnabled": sobject.feed_enabled,
        "fields": {field.name: _field(request, field) for field in sobject.fields},
        "keyPrefix": sobject.key_prefix,
        "label": sobject.label,
        "labelPlural": sobject.label_plural,
        "layoutable": sobject.layoutable,
        "mruEnabled": sobject.mru_enabled,
        "nameFields": _name_fields(sobject),
        "queryable": sobject.queryable,
        "recordTypeInfos": {
            each.id: {
                "available": each.is_available,
                "defaultRecordTypeMapping": each.is_default,
                "master": each.is_master,
                "name": each.name,
                "recordTypeId": each.id,
            }
            for each in types
        },
        "searchable": sobject.searchable,
        "themeInfo": None,
        "updateable": sobject.updateable,
    }
    return Answer({"eTag": etag_of(f"{sobject.name}{len(sobject.fields)}").strip('"'), **value})


def picklist_values(request: Request) -> Answer:
    """GET /ui-api/object-info/X/picklist-values/recordTypeId/field."""
    sobject = _of_record_type(request)
    field = sobject.field(request.path["field"])
    if field is None or field.type not in _PICKLISTS:
        raise not_found()
    return Answer(_values_of(request, sobject, field))


def all_picklist_values(request: Request) -> Answer:
    """GET /ui-api/object-info/X/picklist-values/recordTypeId: of every picklist."""
    sobject = _of_record_type(request)
    values = {field.name: _values_of(request, sobject, field) for field in sobject.fields if field.type in _PICKLISTS}
    return Answer({"eTag": etag_of(",".join(values)).strip('"'), "picklistFieldValues": values})


def read(request: Request) -> Answer:
    """GET /ui-api/records/id?fields=Account.Name: the fields asked for, in their wrappers."""
    sobject = _sobject_by_id(request)
    wanted = _paths(request, "fields")
    optional = _paths(request, "optionalFields")
    if not wanted and not optional:
        raise RestError("MISSING_ARGUMENT", "fields or optionalFields must name fields, such as Account.Name")
    paths = [_path_of(sobject, each) for each in wanted]
    known = (_path_of(sobject, each, optional=True) for each in optional)
    paths += [path for path in known if path and _is_there(request, sobject, path)]
    return Answer(_record(request, sobject, request.path["id"], paths))


def create(request: Request) -> Answer:
    """POST /ui-api/records: ``{"apiName": …, "fields": {…}}``; gives the record that was made."""
    body = request.json_object()
    sobject = request.view.sobject(str(body.get("apiName") or ""))
    if sobject is None:
        raise not_found()
    record = read_record(request.view, sobject.name, _fields_in(body))
    results: list[SaveResult] = request.run(op.Create((record,), duplicate_rule=_duplicate_rule(body)))
    if not results[0].success:
        return refused(request, results[0])
    return Answer(_record(request, sobject, str(results[0].id), [[name] for name in record.values]), 201)


def update(request: Request) -> Answer:
    """PATCH /ui-api/records/id: ``{"fields": {…}}``; gives the record as it became."""
    sobject = _sobject_by_id(request)
    body = request.json_object()
    record = read_record(request.view, sobject.name, _fields_in(body), request.path["id"])
    results: list[SaveResult] = request.run(op.Update((record,), duplicate_rule=_duplicate_rule(body)))
    if not results[0].success:
        return refused(request, results[0])
    return Answer(_record(request, sobject, request.path["id"], [[name] for name in record.values]))


def delete(request: Request) -> Answer:
    """DELETE /ui-api/records/id."""
    _sobject_by_id(request)
    results: list[SaveResult] = request.run(op.Delete((request.path["id"],)))
    return Answer(status=204) if results[0].success else refused(request, results[0])


def _duplicate_rule(body: dict[str, Any]) -> DuplicateRuleHeader:
    """Read what the body says of duplicates: whether one may be saved (from version 43.0 on)."""
    return DuplicateRuleHeader(allow_save=body.get("allowSaveOnDuplicate") is True)


def _sobject_by_id(request: Request) -> SObject:
    record_id = normalise_id(request.path["id"])
    found = request.view.sobjects_by_prefix(record_id[:3]) if record_id is not None else ()
    if not found:
        raise not_found()
    return found[0]


def _fields_in(body: dict[str, Any]) -> dict[str, Any]:
    fields = body.get("fields")
    if not isinstance(fields, dict):
        raise RestError("JSON_PARSER_ERROR", "fields must be an object of field names and values")
    return fields


def _paths(request: Request, name: str) -> list[str]:
    return [each.strip() for each in (request.parameter(name) or "").split(",") if each.strip()]


def _path_of(sobject: SObject, text: str, *, optional: bool = False) -> list[str]:
    """Read ``Account.Owner.Name`` as the steps after the object. Raises RestError for another object's field."""
    name, _, rest = text.partition(".")
    steps = rest.split(".") if rest else []
    if name.lower() == sobject.name.lower() and 1 <= len(steps) <= 2:
        return steps
    if optional:
        return []
    raise RestError("INVALID_FIELD", f"{text} is not a field of {sobject.name}, or more than one parent away")


def _is_there(request: Request, sobject: SObject, path: list[str]) -> bool:
    if len(path) == 1:
        return sobject.field(path[0]) is not None
    reference = sobject.parent_field(path[0])
    targets = reference.reference_to if reference is not None else ()
    target = request.view.sobject(targets[0]) if targets else None
    return target is not None and target.field(path[1]) is not None


def _record(request: Request, sobject: SObject, record_id: str, paths: list[list[str]]) -> dict[str, object]:
    own = [path[0] for path in paths if len(path) == 1]
    stamps = [name for name in _STAMPS if sobject.field(name) is not None]
    parents: dict[str, list[str]] = {}
    for path in paths:
        if len(path) == 2:
            parents.setdefault(path[0], []).append(path[1])
    references = {name: _reference(sobject, name) for name in parents}
    asked = {name.lower(): name for name in (*own, *(each.name for each in references.values()), *stamps, "Id")}
    values = _values(request.run(op.GetRecord(sobject.name, record_id, tuple(asked.values()))))
    shown: dict[str, object] = {
        name: {"displayValue": None, "value": value}
        for name, value in values.items()
        if name.lower() in {each.lower() for each in own}
    }
    for name, fields in parents.items():
        shown |= _parent(request, references[name], fields, values)
    stamp = values.get("SystemModstamp")
    return {
        "apiName": sobject.name,
        "childRelationships": {},
        "eTag": etag_of(f"{values['Id']}{stamp}{shown}").strip('"'),
        "fields": shown,
        "id": values["Id"],
        "lastModifiedById": values.get("LastModifiedById"),
        "lastModifiedDate": values.get("LastModifiedDate"),
        "recordTypeId": values.get("RecordTypeId") or MASTER_RECORD_TYPE_ID,
        "recordTypeInfo": None,
        "systemModstamp": stamp,
    }


def _reference(sobject: SObject, name: str) -> Field:
    reference = sobject.parent_field(name)
    if reference is None:
        raise RestError("INVALID_FIELD", f"No such relation '{name}' on entity '{sobject.name}'")
    return reference


def _parent(request: Request, reference: Field, fields: list[str], values: dict[str, object]) -> dict[str, object]:
    parent_id = values[reference.name]
    name = str(reference.relationship_name)
    candidates = request.view.sobjects_by_prefix(str(parent_id)[:3]) if parent_id else ()
    target = next((each for each in candidates if each.name in reference.reference_to), None)
    if target is None:
        return {name: {"displayValue": None, "value": None}}
    return {
        name: {
            "displayValue": None,
            "value": _record(request, target, str(parent_id), [[each] for each in fields]),
        }
    }


def _values(result: RetrieveResult) -> dict[str, object]:
    row = result.rows[0]
    if row is None:
        raise not_found()
    return {
        member.name: bool(row[member.index]) if member.type is FieldType.BOOLEAN else row[member.index]
        for member in result.shape.members
        if isinstance(member, FieldMember)
    }


def _of_record_type(request: Request) -> SObject:
    sobject = sobject_of(request)
    request.run(op.DescribeSObjects((sobject.name,)))
    wanted = normalise_id(request.path["record_type"])
    if wanted != MASTER_RECORD_TYPE_ID and wanted not in {normalise_id(each.id) for each in record_types(sobject)}:
        raise not_found()
    return sobject


def _values_of(request: Request, sobject: SObject, field: Field) -> dict[str, object]:
    record_type = request.path["record_type"]
    entries = picklist_of(sobject, field, normalise_id(record_type))
    shown = [_entry(entry.label, entry.value) for entry in entries]
    default = next((_entry(entry.label, entry.value) for entry in entries if entry.default_value), None)
    return {
        "controllerValues": {},
        "defaultValue": default,
        "eTag": etag_of(f"{sobject.name}.{field.name}{len(shown)}").strip('"'),
        "url": f"{request.root}/ui-api/object-info/{sobject.name}/picklist-values/{record_type}/{field.name}",
        "values": shown,
    }


def _entry(label: str | None, value: str) -> dict[str, object]:
    return {"attributes": None, "label": label or value, "validFor": [], "value": value}


def _child(child: ChildRelationship) -> dict[str, object]:
    return {
        "childObjectApiName": child.child_sobject,
        "fieldName": child.field,
        "junctionIdListNames": list(child.junction_id_list_names),
        "junctionReferenceTo": list(child.junction_reference_to),
        "relationshipName": child.relationship_name,
    }


def _name_fields(sobject: SObject) -> list[str]:
    named = sobject.name_field
    if named is None:
        return []
    compound = {field.name for field in sobject.fields if field.compound_field_name == named.name}
    return [*(part for part in ("FirstName", "LastName") if part in compound), named.name]


def _field(request: Request, field: Field) -> dict[str, object]:
    targets = (request.view.sobject(name) for name in field.reference_to)
    infos = [{"apiName": each.name, "nameFields": _name_fields(each)} for each in targets if each is not None]
    return {
        "apiName": field.name,
        "calculated": field.calculated,
        "compound": field.type in {FieldType.ADDRESS, FieldType.LOCATION},
        "compoundComponentName": None,
        "compoundFieldName": field.compound_field_name,
        "controllerName": None,
        "controllingFields": [],
        "createable": field.createable,
        "custom": field.custom,
        "dataType": _DATA_TYPES.get(field.type, field.type.value[0].upper() + field.type.value[1:]),
        "externalId": field.external_id,
        "extraTypeInfo": field.extra_type_info,
        "filterable": field.filterable,
        "filteredLookupInfo": None,
        "highScaleNumber": False,
        "htmlFormatted": field.extra_type_info == "richtextarea",
        "inlineHelpText": None,
        "label": field.label,
        "length": field.length,
        "nameField": field.name_field,
        "polymorphicForeignKey": field.polymorphic_foreign_key,
        "precision": field.precision,
        "reference": field.type is FieldType.REFERENCE,
        "referenceTargetField": None,
        "referenceToInfos": infos,
        "relationshipName": field.relationship_name,
        "required": field.createable and not field.nillable and not field.defaulted_on_create,
        "scale": field.scale,
        "searchPrefilterable": False,
        "sortable": field.sortable,
        "unique": field.unique,
        "updateable": field.updateable,
    }
