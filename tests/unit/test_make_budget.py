"""`make budget`: what may be given as an amount."""

import pytest

from local import budget


@pytest.mark.parametrize(
    "amount",
    ["1e400", "1e9", "1000000000", "0.000001", "-1", "NaN", "Infinity", "x", "", "1_0", "٣"],
)
def test_no_other_amount_is_taken_than_the_template_takes(
    amount: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "raise_budget", lambda *given: str(given))

    with pytest.raises(SystemExit) as ended:
        budget.main(["faceswap", f" {amount}"[not amount.startswith("-") :]])

    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "is no amount such as 25.50" in told
    assert len(told) < 500


@pytest.mark.parametrize("amount", ["0", "25.50", "999999999.99999", "007"])
def test_an_amount_is_taken_to_the_digit(
    amount: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "raise_budget", lambda _stack, given, *_: f"it is {given}")

    assert budget.main(["faceswap", amount]) == 0
    assert float(amount) == float(capsys.readouterr().out.removeprefix("it is "))
