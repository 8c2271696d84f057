"""The built wheel works in a clean place: the shipped templates and configuration travel inside it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_wheel_lays_out_a_sound_desk_far_from_any_checkout(tmp_path: Path):
    built = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path), str(ROOT)]
    subprocess.run(built, check=True, capture_output=True, cwd=tmp_path)
    wheel, = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAILBRIDGE")} | {"PYTHONPATH": str(tmp_path / "installed")}
    program = "import mailbridge, mailbridge.cli; print(mailbridge.__file__, flush=True); mailbridge.cli.main()"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-P", "-c", program, *arguments], cwd=tmp_path, env=environ, capture_output=True, text=True)

    made = run("init", "desk")
    assert str(tmp_path) in made.stdout, "the wheel's own package ran, not that of the checkout"
    assert made.returncode == 0, made.stderr
    checked = run("check", "--config", "desk")
    assert checked.returncode == 0, checked.stderr
    assert (tmp_path / "desk/templates/lt/acknowledgement/open.txt.j2").is_file()
