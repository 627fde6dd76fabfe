"""docs/google-setup.md says the steps in the words of the page and of the wizard."""

from google_docs import PAGE, page


def test_the_steps_are_those_of_the_page() -> None:
    text = PAGE.read_text()

    assert page(text) == text
    assert "https://console.cloud.google.com/auth/audience" in text
