"""What a submit or a fetch is refused for (provider contract §7, V5 to V9), and that refusals keep the key."""

import pytest

from tests.support.providers import KEY, URLS, Client, Full

WRONG = "another-key"


@pytest.mark.parametrize("key", [WRONG, "", None, KEY.upper(), KEY + "x", 5, [KEY], "ключ"])
def test_a_submit_with_another_key_or_none_is_refused(provider: Client, key: object) -> None:
    answer = provider.submit(key=key)
    told = answer.json()
    assert answer.status_code == 401
    assert told.pop("tip")
    assert told == {"status": "error", "message": "Invalid Api Key"}
    assert KEY not in answer.text
    assert WRONG not in answer.text
    assert provider.ledger()["submits"] == 0


def test_a_fetch_with_another_key_is_refused_and_not_counted(provider: Client) -> None:
    number = provider.accepted()["id"]
    answer = provider.fetch(number, WRONG)
    assert answer.status_code == 401
    assert answer.json()["message"] == "Invalid Api Key"
    assert WRONG not in answer.text
    assert provider.entry(number)["fetches"] == 0


def test_a_fetch_without_a_body_is_refused(provider: Client) -> None:
    number = provider.accepted()["id"]
    assert provider.http.post(f"/api/v6/faceswap/fetch/{number}").status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"key=k", b"{", b"\xff\xfe{}", f'["{KEY}"]'.encode(), b"null", b"[" * 100_000],
    ids=["nothing", "form", "half", "no text", "list", "null", "too deep"],
)
def test_a_body_that_is_no_json_object_is_refused(provider: Client, body: bytes) -> None:
    answer = provider.post(body)
    assert answer.status_code == 400
    assert answer.json() == {
        "status": "error",
        "message": "Invalid API Request",
        "tip": "send JSON",
    }
    assert provider.ledger()["rejected"] == 1


def test_missing_fields_are_named(provider: Client) -> None:
    answer = provider.post({"key": KEY, "init_video": URLS["init_video"]})
    assert answer.status_code == 400
    assert answer.json() == {
        "status": "error",
        "message": "The init image field is required. The reference image field is required.",
    }


def test_missing_fields_may_be_named_in_an_object_with_http_200(provider: Client) -> None:
    provider.behave(dialect="seen")
    answer = provider.post({"key": KEY, "init_video": URLS["init_video"]})
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "error",
        "message": {
            "init_image": ["The init image field is required."],
            "reference_image": ["The reference image field is required."],
        },
    }


@pytest.mark.parametrize("field", sorted(URLS))
@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/hostname",
        "ftp://a/b",
        "media.example/a",
        "http://",
        "https://[",
        "http://a:99999/",
        5,
    ],
)
def test_an_input_that_is_no_url_is_named(provider: Client, field: str, url: object) -> None:
    answer = provider.submit(**{field: url})
    told = answer.json()
    assert (answer.status_code, told["status"]) == (400, "error")
    assert told["message"].startswith(f"The {field.replace('_', ' ')} must be valid")
    assert provider.ledger()["submits"] == 0


OTHER_TYPES: dict[str, list[object]] = {
    "track_id": ["a job", "", " 7", "7_0", 1.5, True, {}, []],
    "watermark": ["yes", "true", 1, {}],
    "output_format": ["gif", "", 5, ["mp4"]],
    "webhook": ["", "nowhere", 5, {}],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field in OTHER_TYPES for value in OTHER_TYPES[field]]
)
def test_a_field_of_another_type_is_named(provider: Client, field: str, value: object) -> None:
    answer = provider.submit(**{field: value})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"The {field.replace('_', ' ')} must be valid")
    assert provider.ledger()["submits"] == 0


@pytest.mark.parametrize("track_id", [0, -7, 2**70, "900001"])
def test_a_track_id_is_any_integer_or_its_digits(provider: Client, track_id: object) -> None:
    assert provider.accepted(track_id=track_id)["meta"]["track_id"] == str(track_id)


def test_a_webhook_url_may_have_191_characters_and_no_more(provider: Client, full: Full) -> None:
    start = f"{full.client.url}/"
    longest = start + "h" * (191 - len(start))

    taken = provider.submit(webhook=longest)
    refused = provider.submit(webhook=longest + "h")

    assert taken.json()["status"] == "processing"
    assert refused.status_code == 400
    assert "webhook" in refused.json()["message"]
    assert "191 characters" in refused.json()["message"]
    assert longest not in refused.text


def test_beyond_the_queue_limit_a_submit_is_refused_for_a_while(full: Full) -> None:
    rejected = full.client.ledger()["rejected"]
    answer = full.client.submit()
    assert answer.status_code == 429
    assert answer.json() == {
        "status": "error",
        "message": "Rate limit exceeded. Maximum 2 queued requests allowed.",
        "retry_after": 30,
    }
    assert full.client.ledger()["rejected"] == rejected + 1


def test_a_wrong_key_is_told_before_a_full_queue(full: Full) -> None:
    assert full.client.submit(key=WRONG).status_code == 401


def test_jobs_that_are_over_leave_room_in_the_queue(provider: Client) -> None:
    for _ in range(7):
        provider.over(provider.accepted()["id"])
    assert provider.ledger()["submits"] == 7
