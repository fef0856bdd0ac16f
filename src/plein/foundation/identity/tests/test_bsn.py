"""The citizen service number: what is one, and hiding it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plein.foundation.identity.bsn import MASK, is_bsn, masked, masked_in, tidied


# 111222333: 9·1+8·1+7·1+6·2+5·2+4·2+3·3+2·3-3 = 66 = 6·11. 999990019 is a test number of RvIG.
@pytest.mark.parametrize("number", ["111222333", "123456782", "999990019", "010464554"])
def test_a_number_that_passes_the_eleven_test_can_be_a_bsn(number: str) -> None:
    assert is_bsn(number)


@pytest.mark.parametrize("text", ["111222334", "000000000", "12345678", "1234567820", "12345678a", "١١١٢٢٢٣٣٣", ""])
def test_anything_else_is_none(text: str) -> None:
    assert not is_bsn(text)


@given(st.integers(min_value=0, max_value=10**8 - 1), st.integers(min_value=0, max_value=8), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(start: int, place: int, more: int) -> None:
    bsn = next((text for last in range(10) if is_bsn(text := f"{start:08d}{last}")), None)
    if bsn is None:
        return
    wrong = bsn[:place] + str((int(bsn[place]) + more) % 10) + bsn[place + 1 :]

    assert not is_bsn(wrong)


@pytest.mark.parametrize(
    ("typed", "meant"), [("1112.22.333", "111222333"), (" 111 222 333 ", "111222333"), ("10464554", "010464554")]
)
def test_what_people_type_becomes_nine_digits(typed: str, meant: str) -> None:
    assert tidied(typed) == meant


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("bsn=111222333 failed", f"bsn={MASK} failed"),
        ("BSN111222333", f"BSN{MASK}"),
        ("1112.22.333", MASK),
        ("111 222 333", MASK),
        ("/zaken/111222333?x=1", f"/zaken/{MASK}?x=1"),
        ("111222334", "111222334"),
        ("1112223330", "1112223330"),
        ("4bf92f3577b34da6a111222333d0e0e4", "4bf92f3577b34da6a111222333d0e0e4"),
    ],
)
def test_only_what_can_be_a_bsn_is_hidden(text: str, left: str) -> None:
    assert masked(text) == left


def test_numbers_deep_inside_are_hidden_too() -> None:
    line = {"a": 111222333, "b": [{"c": "111222333"}], "d": ("x", 12), "e": True, "f": 1.5}

    assert masked_in(line) == {"a": MASK, "b": [{"c": MASK}], "d": ("x", 12), "e": True, "f": 1.5}
