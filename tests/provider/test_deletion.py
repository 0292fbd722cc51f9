"""Deleting what the provider keeps of a job (provider contract §4.6)."""

from typing import Any

from tests.support.providers import KEY, Client


def delete(provider: Client, **changes: Any) -> tuple[int, dict[str, Any]]:
    answer = provider.http.post(
        "/api/v3/delete_image", json={"key": KEY, "type": "video"} | changes
    )
    return answer.status_code, answer.json()


def test_a_deleted_result_is_served_no_longer(provider: Client) -> None:
    number = provider.accepted()["id"]
    (link,) = provider.over(number)["output"]
    assert provider.http.get(link).status_code == 200

    assert delete(provider, request_id=number) == (
        200,
        {"status": "success", "messege": "image deleted"},
    )

    assert provider.http.get(link).status_code == 404
    assert provider.entry(number)["deleted"] is True


def test_only_who_has_the_key_deletes_and_only_what_is_there(provider: Client) -> None:
    number = provider.accepted()["id"]

    assert delete(provider, request_id=number, key="another")[0] == 401
    assert delete(provider, request_id=1)[1]["message"] == "Request not found"
    assert delete(provider, request_id=number, type="image")[1]["status"] == "failed"
    assert provider.entry(number)["deleted"] is False
