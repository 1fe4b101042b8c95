"""ID numbers: read, masked, encrypted, and found by a blind index."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from doudi.office.keys import index_tag, key_id
from doudi.office.registry import identity
from doudi.office.registry.identity import BadNumber, CannotDecrypt, read_id_number

# The example of the standard GB 11643-1999 itself.
STANDARDS_OWN = "11010519491231002X"
MADE_UP = identity.made_up_id_number(born=date(1961, 5, 4), sex="1", serial=0).text


def test_the_standards_own_example_is_read() -> None:
    number = read_id_number(STANDARDS_OWN)
    assert (number.born, number.sex) == (date(1949, 12, 31), identity.FEMALE)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert read_id_number(typed).text == STANDARDS_OWN


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("110105194912310021", "校验位"),
        ("110105491231002", "15 位"),
        ("1101051949123100", "18 位"),
        ("1101051949123100XX", "18 位"),
        ("990105194912310029", "省级"),
        ("110105194913310020", "日期"),
        ("110105194902300020", "日期"),
        ("110105299912310020", "不可能"),
        ("110105177712310020", "不可能"),
        ("1101051949123100٢1", "18 位"),
        ("", "18 位"),
    ],
)
def test_what_cannot_be_a_number_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(BadNumber) as bad:
        read_id_number(typed)
    assert why in bad.value.zh


@given(st.text(alphabet="0123456789Xx１ -\0字", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert len(read_id_number(text).text) == 18
    except BadNumber as bad:
        assert bad.zh


@given(
    st.integers(0, 4999),
    st.integers(0, 40_000).map(lambda days: date(1900, 1, 1) + timedelta(days)),
    st.sampled_from([identity.MALE, identity.FEMALE]),
)
def test_a_made_up_number_is_valid_and_known_as_made_up(serial: int, born: date, sex: str) -> None:
    made = identity.made_up_id_number(born=born, sex=sex, serial=serial)
    assert read_id_number(made.text) == made
    assert identity.is_made_up(made.text)


def test_made_up_numbers_of_one_birthday_differ() -> None:
    born = date(1961, 5, 4)
    made = {
        identity.made_up_id_number(born=born, sex=sex, serial=serial).text
        for sex in (identity.MALE, identity.FEMALE)
        for serial in range(5000)
    }
    assert len(made) == 10_000


def test_any_single_wrong_digit_is_noticed() -> None:
    for place in range(17):
        for digit in "0123456789":
            typed = MADE_UP[:place] + digit + MADE_UP[place + 1 :]
            if typed != MADE_UP:
                with pytest.raises(BadNumber):
                    read_id_number(typed)


def test_a_masked_number_shows_its_first_and_last_four() -> None:
    assert identity.masked("152223196105041234") == "1522**********1234"
    assert identity.masked("12345678") == "********"
    assert MADE_UP not in repr(read_id_number(MADE_UP))


def test_what_was_encrypted_is_decrypted() -> None:
    cipher = identity.encrypt(MADE_UP, public_id="A" * 26)
    assert identity.decrypt(cipher, public_id="A" * 26) == MADE_UP
    assert MADE_UP.encode() not in cipher


def test_encrypting_twice_gives_two_ciphertexts() -> None:
    first, second = (identity.encrypt(MADE_UP, public_id="A" * 26) for _ in range(2))
    assert first != second


def test_a_ciphertext_moved_to_another_person_does_not_decrypt() -> None:
    cipher = identity.encrypt(MADE_UP, public_id="A" * 26)
    with pytest.raises(CannotDecrypt):
        identity.decrypt(cipher, public_id="B" * 26)


def test_no_byte_of_a_ciphertext_can_be_changed() -> None:
    cipher = identity.encrypt(MADE_UP, public_id="A" * 26)
    for place in range(len(cipher)):
        changed = bytearray(cipher)
        changed[place] ^= 1
        with pytest.raises(CannotDecrypt):
            identity.decrypt(bytes(changed), public_id="A" * 26)


def test_an_old_key_decrypts_as_long_as_it_is_listed(settings: Settings) -> None:
    old, new = b"1" * 32, b"2" * 32
    settings.ID_KEYS = {key_id(old): old}
    cipher = identity.encrypt(MADE_UP, public_id="A" * 26)
    settings.ID_KEYS = {key_id(new): new, key_id(old): old}
    assert identity.decrypt(cipher, public_id="A" * 26) == MADE_UP
    assert identity.encrypt(MADE_UP, public_id="A" * 26)[1:5] == key_id(new)
    settings.ID_KEYS = {key_id(new): new}
    with pytest.raises(CannotDecrypt, match=key_id(old).hex()):
        identity.decrypt(cipher, public_id="A" * 26)


def test_the_blind_index_needs_the_key_and_tells_cards_from_id_numbers(
    settings: Settings,
) -> None:
    index = identity.id_index(MADE_UP)
    assert len(index) == 64
    assert index != identity.card_index(MADE_UP)
    before = settings.INDEX_KEYS
    new = b"another key, of thirty-two bytes"
    settings.INDEX_KEYS = {index_tag(new): new}
    assert index != identity.id_index(MADE_UP)
    settings.INDEX_KEYS |= before
    assert identity.id_indexes(MADE_UP) == [identity.id_index(MADE_UP), index]


def test_public_ids_do_not_repeat_or_follow_one_another() -> None:
    made = {identity.new_public_id() for _ in range(10_000)}
    assert len(made) == 10_000
    assert len({name[:6] for name in made}) > 9_000
    assert {len(name) for name in made} == {26}
