"""The verbs of consent, one after the other, as a producer uses them."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from doublure.cli.main import main

MODEL = b"weights of a hero"
DESCRIPTION = "The face of the lead is put on her stunt double in the car chase of reel two."
NAME = "Mara Ofelia Doe"


def consent(*words: str | Path) -> int:
    return main(["consent", *map(str, words)])


def text_of(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json")))


def new(folder: Path, *more: str | Path, output: str = "mara.consent.json") -> int:
    return consent(
        "new", "-o", folder / output, "--subject", "mara", "--part", "hero", "--drivers", "double",
        "--rights-holder", "mara", "--basis", "self", "--licensee", "northlight", "--licensee-name", "Northlight",
        "--project", "demo", "--title", "The Demo", "--shots", "sq010_*", "--category", "employment-based",
        "--description", DESCRIPTION, "--model", f"hero={folder / 'hero.safetensors'}",
        "--reference", f"turntable={'0' * 64}", "--permit", "train,render", "--media", "theatrical",
        "--territory", "world", "--from-time", "2020-01-01", "--until", "2090-01-01", "--document",
        folder / "agreement.pdf", "--list", "north", "--max-age-hours", "24", "--contact", "the rights office",
        *more,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trust file, an empty list, and a record signed by all who must."""
    for variable in ("DOUBLURE_TRUST_ROOT", "DOUBLURE_KEY_PASSPHRASE"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "hero.safetensors").write_bytes(MODEL)
    (tmp_path / "agreement.pdf").write_bytes(b"agreed")
    trust, studio = tmp_path / "trust.json", tmp_path / "studio.pem"
    for name in ("studio", "mara", "producer", "registrar"):
        assert consent("key", "new", name, "-o", tmp_path / f"{name}.pem") == 0
    owner = ("--until", "2090-01-01", "--key", studio)
    assert (
        consent("trust", "new", trust, "--studio", "Northlight", "--contact", "the trust desk", *owner) == 0
    )
    for name, role, scope in (
        ("mara", "subject", "mara"),
        ("producer", "producer", "demo"),
        ("registrar", "registrar", "north"),
    ):
        public = tmp_path / f"{name}.pem.pub"
        what = ("--label", name, "--role", role, "--for", scope, "--from", "2020-01-01")
        assert consent("trust", "add", trust, public, *what, *owner) == 0
    assert consent("trust", "list", trust, "north", "revocations.json", "--key", studio) == 0
    issue = ("--list", tmp_path / "revocations.json", "--key", tmp_path / "registrar.pem")
    assert consent("revoke", *issue, "--name", "north") == 0
    assert new(tmp_path, "--name", NAME, "--opening", tmp_path / "mara.opening") == 0
    for name, role in (("mara", "subject"), ("producer", "producer")):
        assert (
            consent("sign", tmp_path / "mara.consent.json", "--key", tmp_path / f"{name}.pem", "--as", role)
            == 0
        )
    return tmp_path


def check(folder: Path, *more: str | Path) -> int:
    return consent(
        "check", folder / "mara.consent.json", "--trust", folder / "trust.json", "--role", "render",
        "--project", "demo", "--shot", "sq010_sh0100", "--hero", "mara", "--driver", "double",
        "--model", folder / "hero.safetensors", *more,
    )  # fmt: skip


def asked(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out)


def test_a_record_that_all_signed_is_granted(folder, capsys):
    capsys.readouterr()
    assert check(folder, "--json") == 0
    answer = asked(capsys)
    assert answer["granted"] is True
    assert answer["grants"][0]["person"] == "mara"
    assert answer["denials"] == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (("--shot", "sq020_sh0100"), "shot"),
        (("--project", "other"), "project"),
        (("--role", "publish", "--media", "theatrical"), "role"),
        (("--model", "1" * 64), "model"),
        (("--at", "2090-01-01"), "trust-expired"),
        (("--root", "ed25519:" + "0" * 64), "trust-root"),
        (("--everyone",), "record-missing"),
        (("--revocations", "none.json"), "list-missing"),
    ],
)
def test_what_is_not_granted_exits_1_with_the_reason_and_whom_to_ask(folder, capsys, more, reason):
    capsys.readouterr()
    assert check(folder, *more, "--json") == 1
    denials = asked(capsys)["denials"]
    assert reason in [denial["reason"] for denial in denials]
    assert all(denial["ask"] for denial in denials)
    assert check(folder, *more) == 1
    assert f"denied ({reason})" in capsys.readouterr().err


def test_a_revoked_record_is_denied_from_then_on(folder, capsys):
    issue = ("--list", folder / "revocations.json", "--key", folder / "registrar.pem")
    assert consent("revoke", folder / "mara.consent.json", *issue) == 0
    assert consent("revoke", *issue) == 0
    capsys.readouterr()
    assert check(folder, "--json") == 1
    assert [denial["reason"] for denial in asked(capsys)["denials"]] == ["revoked"]


def test_a_replaced_record_tells_which_one_replaces_it(folder, capsys):
    old = json.loads((folder / "mara.consent.json").read_text())["id"]
    again = ("--from", folder / "mara.consent.json", "--supersedes", old, "--max-seconds", "30")
    assert consent("new", "-o", folder / "next.json", *again) == 0
    record = json.loads((folder / "next.json").read_text())
    assert (record["supersedes"], record["proofs"]) == ([old], [])
    assert record["permissions"]["max_screen_seconds"] == 30
    issue = ("--list", folder / "revocations.json", "--key", folder / "registrar.pem")
    assert consent("revoke", old, "--superseded-by", folder / "next.json", *issue) == 0
    capsys.readouterr()
    assert check(folder) == 1
    assert record["id"] in capsys.readouterr().err


def test_a_draft_is_denied_until_everybody_signed(folder, capsys):
    (folder / "mara.consent.json").unlink()
    assert new(folder, "--name", NAME, "--opening", folder / "other.opening") == 0
    for name, role in (("mara", "subject"), ("producer", "producer")):
        assert check(folder) == 1
        assert "signature of the" in capsys.readouterr().err
        assert (
            consent("sign", folder / "mara.consent.json", "--key", folder / f"{name}.pem", "--as", role) == 0
        )
    assert check(folder) == 0


def test_no_file_but_the_opening_can_tell_the_name(folder, capsys):
    record = (folder / "mara.consent.json").read_text()
    assert "ofelia" not in (record + text_of(folder)).lower()
    opening = json.loads((folder / "mara.opening").read_text())["opening"]
    assert opening not in record
    proof = ("show", folder / "mara.consent.json", "--opening", folder / "mara.opening", "--name")
    assert consent(*proof, NAME.upper()) == 0
    assert consent(*proof, "Someone Else") == 1
    assert "not the sealed one" in capsys.readouterr().err


def test_a_name_that_stands_readable_in_the_draft_is_refused(folder, capsys):
    more = ("--name", NAME, "--opening", folder / "x.opening", "--contact")
    for contact in (f"ask {NAME.lower()} at the office", "mara.ofelia.doe@northlight.example"):
        assert new(folder, *more, contact, output="x.json") == 1
        assert "stands readable" in capsys.readouterr().err
    assert not (folder / "x.json").exists()
    assert not (folder / "x.opening").exists()


def test_a_record_changed_by_hand_is_neither_signed_nor_shown_as_sound(folder, capsys):
    path = folder / "mara.consent.json"
    path.write_text(path.read_text().replace("2090-01-01", "2091-01-01"))
    assert consent("show", path) == 1
    assert "does not fit" in capsys.readouterr().err
    assert consent("show", path, "--trust", folder / "trust.json") == 1
    path.write_text(path.read_text() + "\n")
    assert consent("sign", path, "--key", folder / "mara.pem", "--as", "representative") == 1
    assert "changed it by hand" in capsys.readouterr().err


def test_show_tells_people_what_is_agreed(folder, capsys):
    capsys.readouterr()
    assert consent("show", folder / "mara.consent.json", "--trust", folder / "trust.json") == 0
    told = capsys.readouterr()
    for word in (
        "mara, hero, driven by double",
        "sq010_*",
        "train, render",
        DESCRIPTION,
        "the rights office",
    ):
        assert word in told.out
    assert "those that the trust file asks for" in told.err
    assert consent("show", folder / "mara.consent.json", "--json") == 0
    assert json.loads(capsys.readouterr().out)["subject"]["id"] == "mara"


@pytest.mark.skipif(os.name == "nt", reason="rights are those of POSIX")
def test_private_files_are_closed_to_others(folder):
    for name in ("mara.pem", "mara.opening"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_a_key_with_a_passphrase_signs_only_with_it(folder, monkeypatch, capsys):
    monkeypatch.setenv("DOUBLURE_KEY_PASSPHRASE", "open sesame")
    assert consent("key", "new", "other", "-o", folder / "other.pem", "--passphrase") == 0
    public = capsys.readouterr().out.strip()
    assert consent("key", "show", folder / "other.pem") == 0
    assert capsys.readouterr().out.strip() == public
    monkeypatch.setenv("DOUBLURE_KEY_PASSPHRASE", "wrong")
    assert consent("key", "show", folder / "other.pem") == 1
    assert "passphrase is wrong" in capsys.readouterr().err


def test_nothing_is_written_over(folder, capsys):
    before = text_of(folder)
    assert consent("key", "new", "mara", "-o", folder / "mara.pem") == 1
    assert new(folder, "--name", NAME, "--opening", folder / "mara.opening", output="z.json") == 1
    assert new(folder) == 1
    more = ("--studio", "X", "--contact", "X", "--until", "2090-01-01", "--key", folder / "studio.pem")
    assert consent("trust", "new", folder / "trust.json", *more) == 1
    assert text_of(folder) == before


def test_only_the_owner_changes_trust_file_and_list(folder, capsys):
    before = text_of(folder)
    assert consent("trust", "remove", folder / "trust.json", "mara", "--key", folder / "mara.pem") == 1
    assert "not with this key" in capsys.readouterr().err
    assert consent("revoke", "--list", folder / "revocations.json", "--key", folder / "mara.pem") == 1
    assert "does not bear a fitting signature" in capsys.readouterr().err
    assert text_of(folder) == before


def test_an_altered_list_is_not_signed_again(folder):
    path = folder / "revocations.json"
    path.write_text(path.read_text().replace('"north"', '"south"'))
    assert consent("revoke", "--list", path, "--key", folder / "registrar.pem") == 1


def test_a_new_registrar_takes_a_list_over_that_the_old_one_signed(folder, capsys):
    capsys.readouterr()
    consent("key", "show", folder / "registrar.pem")
    old = capsys.readouterr().out.strip()
    more = ("--list", folder / "revocations.json", "--key", folder / "producer.pem")
    assert consent("revoke", *more, "--previous-key", old) == 0
    assert check(folder) == 1  # nobody trusts the producer as a registrar yet


def test_a_strike_suspends_until_it_is_over(folder, capsys):
    (folder / "mara.consent.json").unlink()
    assert new(folder, "--strike", "sag-aftra", "--name", NAME, "--opening", folder / "b.opening") == 0
    for name, role in (("mara", "subject"), ("producer", "producer")):
        consent("sign", folder / "mara.consent.json", "--key", folder / f"{name}.pem", "--as", role)
    issue = ("--list", folder / "revocations.json", "--key", folder / "registrar.pem")
    assert consent("revoke", *issue, "--strike", "sag-aftra") == 0
    assert check(folder) == 1
    assert "denied (suspended)" in capsys.readouterr().err
    assert consent("revoke", *issue, "--strike-over", "sag-aftra") == 0
    assert check(folder) == 0


def test_a_key_taken_out_of_the_trust_file_counts_no_more(folder, capsys):
    assert consent("trust", "remove", folder / "trust.json", "producer", "--key", folder / "studio.pem") == 0
    assert check(folder) == 1
    assert "denied (key-unknown)" in capsys.readouterr().err
    assert consent("trust", "show", folder / "trust.json", "--json") == 0
    assert "producer" not in [entry["label"] for entry in asked(capsys)["keys"]]


def test_a_synthetic_person_is_signed_by_the_maker_alone(folder, capsys):
    draft = {
        "kind": "synthetic",
        "subject": {"id": "mara", "part": "hero"},
        "drivers": ["double"],
        "rights_holder": {"id": "northlight", "basis": "maker"},
        "licensee": {"id": "northlight", "name": "Northlight"},
        "project": {"id": "demo", "title": "The Demo", "shots": ["*"]},
        "replica": {
            "category": "synthetic",
            "description": "An invented head, made by the stage from a seed; it is nobody's face.",
            "generator": {"name": "the stage", "seed": 7},
        },
        "permissions": {"actions": ["render"]},
        "validity": {"from": "2020-01-01T00:00:00Z", "until": "2090-01-01T00:00:00Z"},
        "contact": "the maintainers",
    }
    (folder / "draft").write_text(json.dumps(draft))
    path = folder / "mara.consent.json"
    path.unlink()
    assert (
        consent("new", "--from", folder / "draft", "-o", path, "--model", f"hero={folder}/hero.safetensors")
        == 0
    )
    assert consent("sign", path, "--key", folder / "producer.pem", "--as", "producer") == 1
    assert "signed by the maker alone" in capsys.readouterr().err
    assert consent("sign", path, "--key", folder / "producer.pem", "--as", "maker") == 0
    more = (
        "--label",
        "maker",
        "--role",
        "maker",
        "--for",
        "mara",
        "--from",
        "2020-01-01",
        "--until",
        "2090-01-01",
    )
    assert check(folder) == 1
    owner = ("--key", folder / "studio.pem")
    assert consent("trust", "add", folder / "trust.json", folder / "producer.pem.pub", *more, *owner) == 0
    assert check(folder) == 0


@pytest.mark.parametrize(
    "words",
    [
        ["consent"],
        ["consent", "check", "a.json"],
        ["consent", "sign", "a.json", "--key", "k", "--as", "witness"],
        [
            "consent",
            "check",
            "a",
            "--trust",
            "t",
            "--role",
            "render",
            "--project",
            "p",
            "--hero",
            "h",
            "--at",
            "noon",
        ],
    ],
)
def test_a_wrong_usage_exits_2(words):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
