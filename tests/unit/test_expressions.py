"""Updates as DynamoDB wants them."""

from boto3.dynamodb.conditions import Attr

from faceswap.store.expressions import Update


def test_each_kind_of_change_has_its_clause_and_no_name_stands_in_it() -> None:
    update = Update(Attr("status").eq("queued") & Attr("version").eq(1))
    update.set("status", "failed").remove("open").add("count", 1).set_if_absent("id", "298")
    update.delete("named_by", {"job_a"}).remove("late")

    request = update.request("jobs", "job#a")

    assert (request["TableName"], request["Key"]) == ("jobs", {"pk": {"S": "job#a"}})
    assert request["UpdateExpression"] == (
        "SET #status = :status, #id = if_not_exists(#id, :id) REMOVE #open, #late"
        " ADD #count :count DELETE #named_by :named_by"
    )
    assert request["ConditionExpression"] == "(#n0 = :v0 AND #n1 = :v1)"
    assert request["ExpressionAttributeNames"] == {
        "#status": "status", "#id": "id", "#open": "open", "#late": "late", "#count": "count",
        "#named_by": "named_by", "#n0": "status", "#n1": "version",
    }  # fmt: skip
    assert request["ExpressionAttributeValues"] == {
        ":status": {"S": "failed"}, ":id": {"S": "298"}, ":count": {"N": "1"},
        ":named_by": {"SS": ["job_a"]}, ":v0": {"S": "queued"}, ":v1": {"N": "1"},
    }  # fmt: skip


def test_a_path_leads_into_a_map() -> None:
    request = Update(Attr("leases").exists()).set("leases.job_a", "now").request("jobs", "slots")

    assert request["UpdateExpression"] == "SET #leases.#job_a = :leases_job_a"
    assert request["ExpressionAttributeNames"] == {
        "#leases": "leases", "#job_a": "job_a", "#n0": "leases",
    }  # fmt: skip


def test_an_update_without_values_names_none() -> None:
    request = Update(Attr("leases.job_a").exists()).remove("leases.job_a").request("jobs", "slots")

    assert request["UpdateExpression"] == "REMOVE #leases.#job_a"
    assert request["ConditionExpression"] == "attribute_exists(#n0.#n1)"
    assert "ExpressionAttributeValues" not in request
