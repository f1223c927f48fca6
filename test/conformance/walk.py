"""Calls every operation of both APIs once with boto3, also by its paginators and waiters, and says what it has seen.

python3 walk.py <endpoint> prints one JSON object: `called` (operations), `paginated`, `waited`, and `refusals` (the typed
exceptions of calls that must fail). What an answer should have and has not ends it with an AssertionError.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from urllib.request import urlopen

import boto3
from botocore.config import Config

endpoint = sys.argv[1]
called, paginated, waited, refusals = [], [], [], {}


def client(service):
    made = boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}),
    )
    made.meta.events.register("after-call", lambda model, **_: called.append(f"{service} {model.name}"))
    return made


incidents = client("ssm-incidents")
contacts = client("ssm-contacts")


def has(answer, **members):
    for name, value in members.items():
        assert answer[name] == value, f"{name} is {answer[name]!r}, not {value!r}"
    return answer


def pages(client, operation, result, **parameters):
    """All entries of a list, one to a page."""
    assert client.can_paginate(operation), operation
    size = {"PageSize": 1} if operation != "list_page_resolutions" else {}
    paginator = client.get_paginator(operation).paginate(**parameters, PaginationConfig=size)
    entries = [entry for page in paginator for entry in page[result]]
    paginated.append(operation)
    return entries


def wait(name, **parameters):
    """The clients' waiters poll every half a minute: here the first poll must do."""
    incidents.get_waiter(name).wait(**parameters, WaiterConfig={"Delay": 1, "MaxAttempts": 1})
    waited.append(name)


def refused(what, client, exception, call, **parameters):
    try:
        call(**parameters)
    except getattr(client.exceptions, exception) as error:
        members = {name: value for name, value in error.response.items() if name != "ResponseMetadata"}
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        refusals[what] = {"exception": exception, "status": status, **members}
    else:
        raise AssertionError(f"{what}: not refused")


def messages():
    with urlopen(f"{endpoint}/_tocsin/messages") as answer:
        return json.load(answer)["messages"]


def policy(service, actions, resource):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "444455556666"},
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": [resource],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def begin():
    arn = incidents.create_replication_set(regions={"us-east-1": {}}, tags={"team": "storage"})["arn"]
    wait("wait_for_replication_set_active", arn=arn)
    incidents.update_replication_set(arn=arn, actions=[{"addRegionAction": {"regionName": "us-west-2"}}])
    incidents.update_deletion_protection(arn=arn, deletionProtected=False)
    replication_set = incidents.get_replication_set(arn=arn)["replicationSet"]
    has(replication_set, status="ACTIVE", deletionProtected=False)
    assert sorted(replication_set["regionMap"]) == ["us-east-1", "us-west-2"]
    assert isinstance(replication_set["createdTime"], datetime)
    assert pages(incidents, "list_replication_sets", "replicationSetArns") == [arn]
    return arn


def plan():
    template = {"title": "Disk full", "impact": 2}
    arn = incidents.create_response_plan(name="disk", incidentTemplate=template)["arn"]
    incidents.create_response_plan(name="network", incidentTemplate=template)
    incidents.update_response_plan(arn=arn, displayName="Disk", chatChannel={"empty": {}}, incidentTemplateImpact=3)
    answer = has(incidents.get_response_plan(arn=arn), name="disk", displayName="Disk")
    has(answer["incidentTemplate"], title="Disk full", impact=3)
    names = [summary["name"] for summary in pages(incidents, "list_response_plans", "responsePlanSummaries")]
    assert names == ["disk", "network"], names
    document = policy("ssm-incidents", ["StartIncident"], arn)
    policy_id = incidents.put_resource_policy(resourceArn=arn, policy=document)["policyId"]
    policies = pages(incidents, "get_resource_policies", "resourcePolicies", resourceArn=arn)
    assert [(one["policyId"], one["policyDocument"]) for one in policies] == [(policy_id, document)]
    incidents.delete_resource_policy(resourceArn=arn, policyId=policy_id)
    incidents.tag_resource(resourceArn=arn, tags={"team": "storage", "site": "north"})
    incidents.untag_resource(resourceArn=arn, tagKeys=["site", "unknown"])
    has(incidents.list_tags_for_resource(resourceArn=arn), tags={"team": "storage"})
    token = {"clientToken": "walk", "name": "twice"}
    first = incidents.create_response_plan(**token, incidentTemplate=template)
    has(incidents.create_response_plan(**token, incidentTemplate=template), arn=first["arn"])
    other = {"title": "Another", "impact": 2}
    create = incidents.create_response_plan
    refused("another call with the same token", incidents, "ConflictException", create, **token, incidentTemplate=other)
    unknown = arn.replace("disk", "unknown")
    refused("an unknown plan", incidents, "ResourceNotFoundException", incidents.get_response_plan, arn=unknown)
    wrong = {"title": "Disk full", "impact": 7}
    refused("an impact of 7", incidents, "ValidationException", create, name="wrong", incidentTemplate=wrong)
    return arn


def incident(plan_arn):
    arn = incidents.start_incident(responsePlanArn=plan_arn, title="Disk 7 full")["incidentRecordArn"]
    incidents.start_incident(responsePlanArn=plan_arn)
    record = has(incidents.get_incident_record(arn=arn)["incidentRecord"], title="Disk 7 full", status="OPEN", impact=3)
    assert record["incidentRecordSource"]["source"] == "aws.ssm-incidents.custom"
    incidents.update_incident_record(arn=arn, status="RESOLVED", summary="Made room.")
    resolved = [{"key": "status", "condition": {"equals": {"stringValues": ["RESOLVED"]}}}]
    records = pages(incidents, "list_incident_records", "incidentRecordSummaries", filters=resolved)
    assert [one["arn"] for one in records] == [arn]
    assert len(pages(incidents, "list_incident_records", "incidentRecordSummaries")) == 2
    item = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com/runbook"}}, "title": "Runbook"}
    incidents.update_related_items(incidentRecordArn=arn, relatedItemsUpdate={"itemToAdd": item})
    items = pages(incidents, "list_related_items", "relatedItems", incidentRecordArn=arn)
    assert [one["identifier"] for one in items] == [item["identifier"]]
    event = {"eventType": "Custom Event", "eventTime": datetime(2026, 3, 1, tzinfo=timezone.utc), "eventData": '"Full"'}
    event_id = incidents.create_timeline_event(incidentRecordArn=arn, **event)["eventId"]
    incidents.update_timeline_event(incidentRecordArn=arn, eventId=event_id, eventData='"Fuller"')
    read = incidents.get_timeline_event(incidentRecordArn=arn, eventId=event_id)["event"]
    has(read, eventData='"Fuller"', eventTime=event["eventTime"])
    events = pages(incidents, "list_timeline_events", "eventSummaries", incidentRecordArn=arn, sortOrder="ASCENDING")
    assert len(events) > 3 and len({one["eventId"] for one in events}) == len(events)
    assert events[0]["eventId"] == event_id
    incidents.delete_timeline_event(incidentRecordArn=arn, eventId=event_id)
    assert pages(incidents, "list_incident_findings", "findings", incidentRecordArn=arn) == []
    found = incidents.batch_get_incident_findings(incidentRecordArn=arn, findingIds=["none"])
    assert found["findings"] == [] and found["errors"][0]["findingId"] == "none"
    incidents.delete_incident_record(arn=arn)


def channel(contact):
    address = {"SimpleAddress": "erin@example.com"}
    made = {"ContactId": contact, "Name": "e-mail", "Type": "EMAIL", "DeliveryAddress": address}
    arn = contacts.create_contact_channel(**made, DeferActivation=True)["ContactChannelArn"]
    contacts.create_contact_channel(**{**made, "Name": "other"}, DeferActivation=True)
    has(contacts.get_contact_channel(ContactChannelId=arn), ActivationStatus="NOT_ACTIVATED", DeliveryAddress=address)
    contacts.send_activation_code(ContactChannelId=arn)
    contacts.activate_contact_channel(ContactChannelId=arn, ActivationCode=messages()[0]["code"])
    has(contacts.get_contact_channel(ContactChannelId=arn), ContactArn=contact, ActivationStatus="ACTIVATED")
    assert len(pages(contacts, "list_contact_channels", "ContactChannels", ContactId=contact)) == 2
    return arn


def person():
    made = {"Alias": "erin", "Type": "PERSONAL", "Plan": {"Stages": []}}
    arn = contacts.create_contact(**made, Tags=[{"Key": "team", "Value": "storage"}])["ContactArn"]
    contacts.create_contact(Alias="mo", Type="PERSONAL", Plan={"Stages": []})
    refused("a taken alias", contacts, "ConflictException", contacts.create_contact, **made)
    unknown = f"{arn}-unknown"
    refused("an unknown contact", contacts, "ResourceNotFoundException", contacts.get_contact, ContactId=unknown)
    wrong = {"Alias": "Not An Alias", "Type": "ROBOT", "Plan": {"Stages": []}}
    refused("a wrong alias and type", contacts, "ValidationException", contacts.create_contact, **wrong)
    target = {"ChannelTargetInfo": {"ContactChannelId": channel(arn), "RetryIntervalInMinutes": 1}}
    stages = {"Stages": [{"DurationInMinutes": 5, "Targets": [target]}]}
    contacts.update_contact(ContactId=arn, DisplayName="Erin", Plan=stages)
    has(contacts.get_contact(ContactId=arn), Alias="erin", DisplayName="Erin", Type="PERSONAL", Plan=stages)
    assert [one["Alias"] for one in pages(contacts, "list_contacts", "Contacts")] == ["erin", "mo"]
    document = policy("ssm-contacts", ["GetContact"], arn)
    contacts.put_contact_policy(ContactArn=arn, Policy=document)
    has(contacts.get_contact_policy(ContactArn=arn), ContactArn=arn, Policy=document)
    contacts.tag_resource(ResourceARN=arn, Tags=[{"Key": "site", "Value": "north"}])
    contacts.untag_resource(ResourceARN=arn, TagKeys=["team"])
    has(contacts.list_tags_for_resource(ResourceARN=arn), Tags=[{"Key": "site", "Value": "north"}])
    return arn, target["ChannelTargetInfo"]["ContactChannelId"]


def page(contact):
    words = {"Sender": "storage", "Subject": "Disk full", "Content": "Make room."}
    engagement = contacts.start_engagement(ContactId=contact, **words)["EngagementArn"]
    has(contacts.describe_engagement(EngagementId=engagement), ContactArn=contact, **words)
    assert [one["EngagementArn"] for one in pages(contacts, "list_engagements", "Engagements")] == [engagement]
    by_engagement = pages(contacts, "list_pages_by_engagement", "Pages", EngagementId=engagement)
    arn = by_engagement[0]["PageArn"]
    assert pages(contacts, "list_pages_by_contact", "Pages", ContactId=contact) == by_engagement
    has(contacts.describe_page(PageId=arn), EngagementArn=engagement, ContactArn=contact, **words)
    resolutions = pages(contacts, "list_page_resolutions", "PageResolutions", PageId=arn)
    assert resolutions == [{"ContactArn": contact, "Type": "PERSONAL"}], resolutions
    code = next(message["code"] for message in messages() if message.get("pageArn") == arn)
    other = "000000" if code != "000000" else "000001"
    accept = contacts.accept_page
    refused("a wrong code", contacts, "ValidationException", accept, PageId=arn, AcceptType="READ", AcceptCode=other)
    accept(PageId=arn, AcceptType="READ", AcceptCode=code)
    receipts = [one["ReceiptType"] for one in pages(contacts, "list_page_receipts", "Receipts", PageId=arn)]
    assert receipts == ["READ", "DELIVERED", "SENT"], receipts
    contacts.stop_engagement(EngagementId=engagement, Reason="There is room again.")


def turns(contact):
    nine = datetime.now(timezone.utc).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    daily = [{"HourOfDay": 9, "MinuteOfHour": 0}]
    recurrence = {"NumberOfOnCalls": 1, "RecurrenceMultiplier": 1, "DailySettings": daily}
    made = {"ContactIds": [contact], "StartTime": nine, "TimeZoneId": "Europe/Berlin", "Recurrence": recurrence}
    arn = contacts.create_rotation(Name="nights", **made)["RotationArn"]
    weekends = contacts.create_rotation(Name="weekends", **made)["RotationArn"]
    contacts.update_rotation(RotationId=arn, Recurrence=recurrence, TimeZoneId="UTC")
    has(contacts.get_rotation(RotationId=arn), Name="nights", TimeZoneId="UTC", StartTime=nine, Recurrence=recurrence)
    names = [one["Name"] for one in pages(contacts, "list_rotations", "Rotations")]
    assert names == ["nights", "weekends"], names
    span = {"StartTime": nine + timedelta(hours=30), "EndTime": nine + timedelta(hours=31)}
    changed = {"RotationId": arn, "NewContactIds": [contact], **span}
    override = contacts.create_rotation_override(**changed)["RotationOverrideId"]
    one = {"RotationId": arn, "RotationOverrideId": override}
    has(contacts.get_rotation_override(**one), NewContactIds=[contact], **span)
    window = {"StartTime": nine, "EndTime": nine + timedelta(days=3)}
    overrides = pages(contacts, "list_rotation_overrides", "RotationOverrides", RotationId=arn, **window)
    assert [entry["RotationOverrideId"] for entry in overrides] == [override]
    shifts = pages(contacts, "list_rotation_shifts", "RotationShifts", RotationId=arn, **window)
    assert shifts[0]["StartTime"] == nine and "OVERRIDDEN" in [shift["Type"] for shift in shifts], shifts
    imagined = {"Members": ["erin", "mo"], "TimeZoneId": "UTC", "Recurrence": recurrence, "RotationStartTime": nine}
    preview = pages(contacts, "list_preview_rotation_shifts", "RotationShifts", **imagined, **window)
    assert [shift["ContactIds"] for shift in preview] == [["erin"], ["mo"], ["erin"]], preview
    contacts.delete_rotation_override(**one)
    for rotation in (arn, weekends):
        contacts.delete_rotation(RotationId=rotation)


def end(replication_set, plan_arn, contact, contact_channel):
    contacts.update_contact_channel(ContactChannelId=contact_channel, Name="work")
    contacts.deactivate_contact_channel(ContactChannelId=contact_channel)
    contacts.delete_contact_channel(ContactChannelId=contact_channel)
    contacts.delete_contact(ContactId=contact)
    incidents.delete_response_plan(arn=plan_arn)
    incidents.delete_replication_set(arn=replication_set)
    wait("wait_for_replication_set_deleted", arn=replication_set)


replication_set = begin()
plan_arn = plan()
incident(plan_arn)
contact, contact_channel = person()
page(contact)
turns(contact)
end(replication_set, plan_arn, contact, contact_channel)
print(json.dumps({"called": sorted(set(called)), "paginated": paginated, "waited": waited, "refusals": refusals}))
