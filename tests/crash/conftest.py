import shutil

import pytest

from tests.crash.stops import Zygote
from tests.desks import make_desk


@pytest.fixture(scope="session")
def zygote():
    with Zygote() as made:
        yield made


@pytest.fixture
def copies(tmp_path):
    """Make a desk, prepare it by a function, and give fresh copies of its folder as often as asked."""
    count = iter(range(10_000))

    def prepare(work=lambda _desk: None):
        made = make_desk(tmp_path / "first")
        work(made)
        made.close()

        def copy():
            folder = tmp_path / f"copy{next(count)}"
            shutil.copytree(tmp_path / "first", folder)
            return folder

        return copy

    return prepare
