"""Contracts are read from ODCS files, whole or not at all."""

import datetime as dt
from pathlib import Path

import pytest
import yaml

from plein.foundation.catalogue.contracts import (
    Contract,
    all_contracts,
    contract,
    contract_from,
    contract_problems,
    with_contracts,
)
from plein.foundation.catalogue.errors import NoContract, NotAContract
from plein.foundation.catalogue.tests.conftest import TREES
from plein.foundation.words import Text


def changed(**custom: object) -> str:
    said = yaml.safe_load(TREES)
    kept = [one for one in said["customProperties"] if one["property"] not in custom]
    said["customProperties"] = [*kept, *({"property": name, "value": value} for name, value in custom.items())]
    return yaml.safe_dump(said)


def test_a_contract_says_what_its_file_says() -> None:
    made = contract_from(TREES)

    assert made.key == "green.trees"
    assert made.room == "green"
    assert made.title == Text("Bomen", "Trees")
    assert made.openness == "open"
    assert made.retention_days == round(10 * 365.25)
    assert made.versions_days == 30
    assert made.names == ("tree", "species", "height_m", "health", "planted_on")
    assert made.key_columns == ("tree",)
    assert made.column("tree").required, "a key column is required"
    assert made.column("height_m").unit == "m"
    assert made.column("height_m").maximum == 120
    assert made.column("health").allowed == ("good", "poor")
    assert made.column("planted_on").minimum == dt.date(1700, 1, 1)
    assert made.column("species").length == (0, 20)


@pytest.mark.parametrize(
    ("custom", "said"),
    [
        ({"openness": "secret"}, "openness 'secret' is none of"),
        ({"titleEn": ""}, "titleNl and titleEn are needed"),
        ({"personal": "personal"}, "an open product holds no personal data"),
        ({"licence": ""}, "an open product needs a licence"),
        ({"openness": "closed", "personal": "personal"}, "personal data needs a legalBasis"),
        ({"owner": ""}, "owner is needed"),
        ({"temporal": "felled_on"}, "temporal names column 'felled_on'"),
        ({"geometry": {"kind": "point", "lon": "x", "lat": "y"}}, "geometry names column 'x'"),
        ({"suppress": {"count": ["n"], "dimensions": ["tree"]}}, "suppress names column 'n'"),
    ],
)
def test_a_contract_that_contradicts_itself_is_refused(custom: dict[str, object], said: str) -> None:
    with pytest.raises(NotAContract, match=said):
        contract_from(changed(**custom))


@pytest.mark.parametrize("text", ["", "not: [a contract", "kind: Other", "id: green.trees\nversion: 1.0.0"])
def test_text_that_is_no_contract_is_refused(text: str) -> None:
    with pytest.raises(NotAContract):
        contract_from(text)


def test_a_suppression_has_a_threshold_of_five_unless_said() -> None:
    made = contract_from(changed(suppress={"count": ["tree"], "dimensions": ["species"]}))

    assert made.suppress == {"count": ["tree"], "dimensions": ["species"], "threshold": 5}


def test_an_unknown_product_is_refused() -> None:
    with pytest.raises(NoContract, match=r"nowhere\.nothing"):
        contract("nowhere.nothing")


def test_a_contract_can_be_known_for_a_while(trees: Contract) -> None:
    assert contract("green.trees") is trees
    with with_contracts():
        assert contract("green.trees") is trees


def test_the_installed_rooms_have_sound_contracts_that_their_signs_name() -> None:
    assert contract_problems() == []
    assert all(key == made.key for key, made in all_contracts().items())


def test_a_broken_contract_file_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "green" / "contracts"
    folder.mkdir(parents=True)
    (folder / "trees.odcs.yaml").write_text(TREES.replace("openness, value: open", "openness, value: secret"))
    (folder / "other.odcs.yaml").write_text(TREES.replace("id: green.trees", "id: blue.trees"))
    files = sorted(folder.iterdir())
    monkeypatch.setattr("plein.foundation.catalogue.contracts.contract_files", lambda: files)

    wrong = "\n".join(contract_problems())

    assert "openness 'secret'" in wrong
    assert "blue.trees stands in the folder of green" in wrong
