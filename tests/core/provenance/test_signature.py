from __future__ import annotations

import http.server
import io
import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import c2pa
import cv2
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from doublure.core.provenance.certificates_for_tests import PrivateKey, make_test_certificates
from doublure.core.provenance.library import offline_context
from doublure.core.provenance.manifest import DIGITAL_SOURCE, ingredients
from doublure.core.provenance.record import ListedFile, ListedFrame, ListedFrames
from doublure.core.provenance.sign import JSON_TYPE, sign_beside, sign_inside
from doublure.core.provenance.signature import Signature, Trust, check_signature
from doublure.core.provenance.signer import Signer
from tests.core.provenance.shots import Studio

RESULT = ListedFrames("comp", (ListedFrame(1, "a.1.exr", 3, "ab" * 32),))
INPUTS = ingredients(
    ListedFrames("plate", (ListedFrame(1, "p.1.exr", 3, "cd" * 32),)),
    [
        ListedFile("model", "m.safetensors", 9, "01" * 32),
        ListedFile("consent", "c.json", 9, "02" * 32),
        ListedFile("graph", "graph.json", 9, "03" * 32),
    ],
)


def signed(folder: Path, signer: Signer) -> tuple[Path, Path]:
    """A small JSON file and its manifest."""
    file, sidecar = folder / "frames.json", folder / "frames.c2pa"
    file.write_text('{"frames": []}\n')
    sign_beside(file, sidecar, RESULT, INPUTS, signer)
    return file, sidecar


def check(file: Path, sidecar: Path, trust: Trust) -> Signature:
    return check_signature(file, JSON_TYPE, file.read_bytes(), trust, (sidecar, sidecar.read_bytes()))


def picture(folder: Path) -> Path:
    path = folder / "sheet.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (16, 20, 3), np.uint8))
    return path


def test_a_signed_file_is_trusted_by_whom_the_studio_is_trusted(tmp_path: Path, studio: Studio) -> None:
    found = check(*signed(tmp_path, studio.signer), studio.trust)
    assert found.findings == ()
    assert found.signer == "Some Studio, TEST signer"
    assert (found.sound, found.altered, found.test) == (True, False, False)


@pytest.mark.parametrize(
    ("algorithm", "make_key"),
    [
        ("es256", lambda: ec.generate_private_key(ec.SECP256R1())),
        ("es384", lambda: ec.generate_private_key(ec.SECP384R1())),
        ("es512", lambda: ec.generate_private_key(ec.SECP521R1())),
        ("ps256", lambda: rsa.generate_private_key(65537, 2048)),
    ],
)
def test_every_kind_of_key_signs_from_files(
    tmp_path: Path, algorithm: str, make_key: Callable[[], PrivateKey]
) -> None:
    now = datetime.now(UTC)
    chain, key, root = make_test_certificates(
        now - timedelta(hours=1), now + timedelta(days=1), organization="Some Studio", key=make_key()
    )
    (tmp_path / "chain.pem").write_bytes(chain)
    (tmp_path / "key.pem").write_bytes(key)
    signer = Signer.from_files(tmp_path / "chain.pem", tmp_path / "key.pem")
    assert signer.algorithm == algorithm
    assert check(*signed(tmp_path, signer), Trust(root.decode())).findings == ()


def test_the_signed_file_is_not_touched(tmp_path: Path, studio: Studio) -> None:
    file, _ = signed(tmp_path, studio.signer)
    assert file.read_text() == '{"frames": []}\n'


def test_a_stranger_is_not_trusted(tmp_path: Path, studio: Studio) -> None:
    file, sidecar = signed(tmp_path, studio.signer)
    for trust in (Trust(), Studio().trust, Trust(allow_test=True)):
        found = check(file, sidecar, trust)
        assert ["whom nobody here trusts" in f.what for f in found.findings] == [True]


def test_a_test_certificate_fails_unless_it_is_allowed(tmp_path: Path) -> None:
    file, sidecar = signed(tmp_path, Signer.for_test(datetime.now(UTC)))
    (finding,) = check(file, sidecar, Trust()).findings
    assert "signed with a test certificate" in finding.what
    assert finding.file == "frames.c2pa"
    assert check(file, sidecar, Trust(allow_test=True)).findings == ()


def test_a_test_certificate_fails_even_where_its_root_is_trusted(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    chain, key, root = make_test_certificates(now - timedelta(hours=1), now + timedelta(days=1))
    file, sidecar = signed(tmp_path, Signer("ed25519", chain, key))
    (finding,) = check(file, sidecar, Trust(root.decode())).findings
    assert "signed with a test certificate" in finding.what


def test_an_expired_certificate_is_told(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    expires = now.replace(microsecond=0) + timedelta(seconds=2)
    chain, key, root = make_test_certificates(now - timedelta(hours=1), expires, organization="Some Studio")
    file, sidecar = signed(tmp_path, Signer("ed25519", chain, key))
    time.sleep(max(0.0, (expires - datetime.now(UTC)).total_seconds()) + 1.1)
    (finding,) = check(file, sidecar, Trust(root.decode())).findings
    assert "expired" in finding.what
    chain, key, _ = make_test_certificates(now - timedelta(hours=1), expires)
    assert check(file, sidecar, Trust(root.decode(), allow_test=True)).findings == (finding,)


def test_an_expired_certificate_does_not_sign(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    chain, key, _ = make_test_certificates(now - timedelta(days=9), now - timedelta(days=1))
    with pytest.raises(Exception, match="cannot be signed"):
        signed(tmp_path, Signer("ed25519", chain, key))
    assert not (tmp_path / "frames.c2pa").exists()


def test_another_file_is_not_the_one_that_was_signed(tmp_path: Path, studio: Studio) -> None:
    file, sidecar = signed(tmp_path, studio.signer)
    file.write_text('{"frames": [] }\n')
    found = check(file, sidecar, studio.trust)
    assert [(f.file, f.what) for f in found.findings] == [
        ("frames.json", "it is not the file that was signed")
    ]
    assert found.altered


@pytest.mark.parametrize("store", [b"", b"x", b"\0" * 100, bytes(range(256)) * 9])
def test_what_is_no_manifest_is_a_finding(tmp_path: Path, studio: Studio, store: bytes) -> None:
    file, sidecar = signed(tmp_path, studio.signer)
    sidecar.write_bytes(store)
    (finding,) = check(file, sidecar, studio.trust).findings
    assert finding.file == "frames.c2pa"


def test_a_manifest_cut_anywhere_is_a_finding(tmp_path: Path, studio: Studio) -> None:
    file, sidecar = signed(tmp_path, studio.signer)
    data = sidecar.read_bytes()
    for length in range(1, len(data), 97):
        found = check_signature(file, JSON_TYPE, file.read_bytes(), studio.trust, (sidecar, data[:length]))
        assert found.findings, length


def test_the_manifest_says_what_was_done_and_to_what(tmp_path: Path, studio: Studio) -> None:
    file, sidecar = signed(tmp_path, studio.signer)
    reader = c2pa.Reader(
        JSON_TYPE,
        io.BytesIO(file.read_bytes()),
        manifest_data=sidecar.read_bytes(),
        context=offline_context(),
    )
    active = reader.get_active_manifest()
    data = {entry["label"]: entry["data"] for entry in active["assertions"]}
    opened, edited = data["c2pa.actions.v2"]["actions"]
    assert opened["action"] == "c2pa.opened"
    assert (edited["action"], edited["digitalSourceType"]) == ("c2pa.edited", DIGITAL_SOURCE)
    assert len(opened["parameters"]["ingredients"]) == 1
    assert len(edited["parameters"]["ingredients"]) == 2
    assert [(i["relationship"], i["instance_id"]) for i in active["ingredients"]] == [
        ("parentOf", INPUTS[0].identifier),
        ("inputTo", "sha256:" + "01" * 32),
        ("inputTo", "sha256:" + "02" * 32),
    ]
    uses = data["cawg.training-mining"]["entries"]
    assert len(uses) == 4
    assert all(entry == {"use": "notAllowed"} for entry in uses.values())
    assert data["org.doublure.frames"]["digest"] == RESULT.digest()


def test_a_picture_carries_its_manifest(tmp_path: Path, studio: Studio) -> None:
    path, target = picture(tmp_path), tmp_path / "signed.png"
    sign_inside(path, target, RESULT, INPUTS, studio.signer)
    data = target.read_bytes()
    found = check_signature(target, "image/png", data, studio.trust)
    assert (found.findings, found.digest) == ((), RESULT.digest())
    assert np.array_equal(cv2.imread(str(path)), cv2.imread(str(target)))
    spoilt = bytearray(data)
    spoilt[-30] ^= 1
    assert check_signature(target, "image/png", bytes(spoilt), studio.trust).findings


def test_a_picture_without_a_manifest_is_a_finding(tmp_path: Path, studio: Studio) -> None:
    path = picture(tmp_path)
    (finding,) = check_signature(path, "image/png", path.read_bytes(), studio.trust).findings
    assert finding.what == "it carries no manifest"


def test_nothing_is_fetched_from_where_a_file_says_that_its_manifest_is(
    tmp_path: Path, studio: Studio
) -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        builder = c2pa.Builder({"claim_generator_info": [{"name": "x"}], "assertions": []})
        builder.set_no_embed()
        builder.set_remote_url(f"http://127.0.0.1:{server.server_port}/manifest.c2pa")
        builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
        remote = io.BytesIO()
        source = picture(tmp_path).read_bytes()
        builder.sign(studio.signer.open(), "image/png", io.BytesIO(source), remote)
        found = check_signature(Path("a.png"), "image/png", remote.getvalue(), studio.trust)
        assert found.findings
        assert asked == []
        # The same file does make the library ask where it is allowed to.
        online = c2pa.Context.from_json(json.dumps({"verify": {"remote_manifest_fetch": True}}))
        with pytest.raises(c2pa.C2paError):
            c2pa.Reader("image/png", io.BytesIO(remote.getvalue()), context=online)
        assert asked == ["/manifest.c2pa"]
    finally:
        server.shutdown()
        server.server_close()


def test_without_the_library_the_check_fails_and_says_what_to_install(
    tmp_path: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, sidecar = signed(tmp_path, studio.signer)
    monkeypatch.setitem(sys.modules, "c2pa", None)
    (finding,) = check(file, sidecar, studio.trust).findings
    assert finding.level == "error"
    assert "pip install 'doublure[provenance]'" in str(finding)
