"""docs/cli.md lists the commands that there are."""

from cli_docs import PAGE, page

from tests.command_line import leaves


def test_the_page_is_what_the_commands_say() -> None:
    text = PAGE.read_text()

    assert page(text) == text
    assert all(f"\n### `healthrelay {name}`\n" in text for name, _ in leaves())
