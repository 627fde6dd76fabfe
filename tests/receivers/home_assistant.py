"""Run a configuration in a real Home Assistant, and print its states.

    python home_assistant.py FOLDER

FOLDER holds configuration.yaml and secrets.yaml. For each line that comes in, its sensors are read
again, and one line of JSON goes out: entity → state. It ends with its input.
"""

import asyncio
import json
import sys
from pathlib import Path

from homeassistant import bootstrap, config_entries, core, loader
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import Secrets, load_yaml

COMPONENTS = ("homeassistant", "persistent_notification", "rest", "automation")


async def start(folder: Path) -> core.HomeAssistant:
    hass = core.HomeAssistant(str(folder))
    loader.async_setup(hass)
    hass.config.skip_pip = True  # what is needed was installed with it
    hass.config_entries = config_entries.ConfigEntries(hass, {})
    await bootstrap.async_load_base_functionality(hass)
    config = load_yaml(str(folder / "configuration.yaml"), Secrets(folder))
    for component in COMPONENTS:
        assert await async_setup_component(hass, component, config), component
    await hass.async_start()
    return hass


async def main(folder: Path) -> None:
    hass = await start(folder)
    while await asyncio.to_thread(sys.stdin.readline):
        for resource in hass.data["rest"]["rest_data"]:  # what the interval does
            await resource["coordinator"].async_refresh()
        await hass.async_block_till_done()
        states = {one.entity_id: one.state for one in hass.states.async_all()}
        notes = hass.data.get("persistent_notification", {}).values()
        messages = [note["message"] for note in notes]
        print(json.dumps({**states, "messages": messages}), flush=True)
    await hass.async_stop()


asyncio.run(main(Path(sys.argv[1])))
