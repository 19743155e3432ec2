"""The service puts on nobody's face without consent, not even one that it still has in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from doublure.nodes import Swap
from doublure.nodes.service.client import Client, ServiceError
from tests.nodes.agreement import DENIALS, Agreement
from tests.nodes.service.comps import DATA, picture
from tests.nodes.service.conftest import Serve

CHANNELS = ("R", "G", "B", "A")


@pytest.fixture
def agreement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agreement:
    monkeypatch.delenv("DOUBLURE_TRUST_ROOT", raising=False)
    return Agreement(tmp_path)


@pytest.mark.parametrize("wrong", DENIALS)
def test_without_consent_there_is_a_sentence_and_no_pixel(
    serve: Serve, agreement: Agreement, wrong: str
) -> None:
    server = serve()
    spoil, sentence, ask = DENIALS[wrong]
    spoil(agreement)
    out = torch.full((4, DATA.height, DATA.width), 7.0)
    with Client.connect("test", start=False) as client, pytest.raises(ServiceError) as denied:
        client.render(
            Swap.id,
            {"plate": picture(1)},
            agreement.params,
            number=1001,
            channels=CHANNELS,
            out=out,
        )
    assert sentence in str(denied.value)
    assert str(denied.value).endswith(ask)
    assert (out == 7.0).all()
    assert server.worker.warm is not None
    assert server.worker.warm.rendered == 0


def test_a_picture_in_memory_is_not_handed_out_after_a_revocation(serve: Serve, agreement: Agreement) -> None:
    server = serve()
    record = agreement.listed()
    with Client.connect("test", start=False) as client:

        def render() -> torch.Tensor:
            made = client.render(
                Swap.id, {"plate": picture(1)}, agreement.params, number=1001, channels=CHANNELS
            )
            return made.pixels

        assert torch.equal(render(), render())
        assert server.worker.warm is not None
        assert (server.worker.warm.rendered, server.worker.warm.cached) == (1, 1)
        agreement.office.list_revoked(record)
        with pytest.raises(ServiceError, match="the record was revoked at"):
            render()
