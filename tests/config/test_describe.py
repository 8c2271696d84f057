"""What is told about the configuration is made from the model, and is right."""

import re
import tomllib
from pathlib import Path

import pytest

from mailbridge.config.describe import describe, generated, models, reference, sample, sample_file
from mailbridge.config.load import load_config
from mailbridge.config.reading import LISTED

ROOT = Path(__file__).parents[2]
MADE = generated()
OPTIONS = describe()


@pytest.mark.parametrize("name", MADE)
def test_samples_and_page_are_in_step_with_the_model(name):
    assert (ROOT / name).read_text("utf-8") == MADE[name], "run: python -m mailbridge.config.describe"


def test_every_option_is_explained_with_a_value():
    for option in OPTIONS:
        assert option.description.endswith("."), option
        assert option.example, f"{option.section}.{option.key} shows no value"
        assert len(option.description) > 10


def test_the_shipped_samples_are_a_desk(tmp_path):
    for name in (name for name in MADE if name.endswith(".toml")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(MADE[name], "utf-8")
    assert load_config(tmp_path, {}).departments["support"].mailboxes == ("support@example.org",)


def uncommented(text: str) -> dict:
    """Switch on every option line of a sample."""
    return tomllib.loads(re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize("section", models())
def test_every_line_of_a_sample_can_be_switched_on(section):
    (found,) = uncommented(sample(section)).values()
    table = found[0] if section == LISTED else found
    keys = {option.key for option in OPTIONS if option.section == section}
    assert set(table) == (keys if section != "lmtp" else {"listen"})
    assert models()[section].model_validate(table)


@pytest.mark.parametrize("section", models())
def test_the_defaults_that_are_told_are_the_real_ones(section):
    model = models()[section]
    needed = "\n".join(f"{option.key} = {option.example}" for option in OPTIONS
                       if option.section == section and option.required)
    told = "\n".join(f"{option.key} = {option.default}" for option in OPTIONS
                     if option.section == section and option.default)
    assert model.model_validate(tomllib.loads(f"{needed}\n{told}")) == model.model_validate(tomllib.loads(needed))


def test_the_page_names_every_option_once_in_its_section():
    page = reference()
    for option in OPTIONS:
        if option.section != "lmtp":
            assert page.count(f"| `{option.key}` | {option.kind} |") >= 1
    assert page.count("\n| `") == sum(option.section != "lmtp" for option in OPTIONS)


def test_sample_lines_are_short_enough_to_read():
    for name in MADE:
        if name.endswith(".toml"):
            assert max(map(len, sample_file(name).splitlines())) <= 120
