"""What the page about security names as a proof is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()


def test_every_threat_has_tests_that_exist() -> None:
    table = PAGE.partition("| tested by |\n")[2].partition("\n\n")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines()[1:]]

    assert len(rows) > 10
    for row in rows:
        assert len(row) == 5, row
        tests = re.findall(r"`(tests/[^`]+)`", row[-1])
        assert tests, row
        assert [test for test in tests if not (ROOT / test).is_file()] == []
