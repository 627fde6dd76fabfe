"""``healthrelay open``: a link that opens the household's page to the owner."""

from healthrelay.assembly import services
from healthrelay.commands.face import command
from healthrelay.commands.output import Result, Verbatim


@command("open", "open")
def print_page_link() -> Result:
    """Print a link that opens the household's page, once, within ten minutes."""
    from healthrelay.web.setup.links import page_link

    link = page_link(services())
    return Result({"link": link}, Verbatim(link))
