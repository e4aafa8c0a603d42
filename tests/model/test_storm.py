"""A storm of DML calls leaves an org whose rows fit together. ``MOCKORG_FUZZ`` as in ``test_model.py``."""

import pytest
from hypothesis.stateful import run_state_machine_as_test

from mockorg_server.metadata.reading import read_schema
from mockorg_server.schema.schema import load_schema

from .storm import DmlStorm
from .storm_schema import write_schema
from .test_model import FUZZ, settings_of


@pytest.mark.timeout(120 + 900 * FUZZ)
def test_a_storm_of_dml_leaves_rows_that_fit_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reading = read_schema([write_schema(tmp_path_factory.mktemp("storm"))])
    assert not reading.notes
    monkeypatch.setattr(DmlStorm, "schema", load_schema(additions=reading.additions), raising=False)
    run_state_machine_as_test(DmlStorm, settings=settings_of(25, 30))
