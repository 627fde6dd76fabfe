"""What a page shows has a test that runs it; nothing falls through."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.measures import HERE as ROOT
from tests.house.proofs import COMMANDS, NOBODY, SAMPLES, proof
from tests.house.shown import TEXTS, Shown, commands, samples

COMMANDS_SHOWN = [shown for page in TEXTS.items() for shown in commands(*page)]
TABLE = "tests/house/proofs.yaml"
SAMPLES_SHOWN = [shown for page in TEXTS.items() for shown in samples(*page)]


def fits(sample: Shown, row: tuple[str, str, str]) -> bool:
    return sample.page == row[0] and sample.text.startswith(row[1])


def test_every_command_has_a_test_that_runs_it() -> None:
    assert len(COMMANDS_SHOWN) > 200
    alone = sorted({shown[:2] for shown in COMMANDS_SHOWN if not proof(shown.text)})
    assert alone == [], f"each needs a row in {TABLE}"


def test_every_sample_has_a_test_that_compares_it() -> None:
    alone = [s[:2] for s in SAMPLES_SHOWN if not any(fits(s, row) for row in SAMPLES)]
    assert alone == [], f"each needs a row in {TABLE}"


def test_every_row_is_of_something_that_is_shown() -> None:
    first = {proof(shown.text) for shown in COMMANDS_SHOWN}
    texts = {shown.text for shown in COMMANDS_SHOWN}
    idle = [r for r, _ in (*NOBODY, *COMMANDS) if not any(re.fullmatch(r, text) for text in texts)]
    idle += [row[1] for row in SAMPLES if not any(fits(sample, row) for sample in SAMPLES_SHOWN)]
    idle += [test for _, test in COMMANDS if test not in first]

    assert idle == []


@pytest.mark.parametrize("test", sorted({row[-1] for row in (*COMMANDS, *SAMPLES)}))
def test_what_a_row_names_is_a_test(test: str) -> None:
    file, _, name = test.partition("::")
    tree = ast.parse((ROOT / file).read_text())

    assert name.startswith("test_")
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


A_PAGE = """
Type `healthrelay open`, `make` or `unknown word`.

```
git init   # makes it
make it   MORE="#1"
```

```json
{}
```

- item

  ```
  git log
  and more
  ```
"""


def test_commands_and_samples_are_told_apart() -> None:
    assert list(commands("a", A_PAGE)) == [
        Shown("a", "git init"),
        Shown("a", 'make it   MORE="#1"'),
        Shown("a", "healthrelay open", typed=False),
    ]
    assert list(samples("a", A_PAGE)) == [Shown("a", "{}\n"), Shown("a", "  git log\n  and more\n")]
