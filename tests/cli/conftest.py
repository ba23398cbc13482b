"""A folder with a capture and rules, and the command line to run on them."""

import cli_run
import pytest

from vids.cli.main import exit_code


class Folder:
    """Where a test works: a capture and rules."""

    def __init__(self, path, capfdbinary):
        self.path = path
        self.capture = str(cli_run.write_pcap(path / "small.pcap"))
        self.rules = str(path / "test.rules")
        (path / "test.rules").write_text(cli_run.RULES)
        self._captured = capfdbinary

    def run(self, *arguments):
        """Return the exit code, standard output and the lines of standard error."""
        self._captured.readouterr()
        code = exit_code([str(argument) for argument in arguments])
        out, err = self._captured.readouterr()
        return code, out, err.decode().splitlines()

    def replay(self, *arguments):
        """Run `vids replay` with the test's rules."""
        return self.run("replay", "-r", self.rules, *arguments)


@pytest.fixture
def folder(tmp_path, capfdbinary, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path, capfdbinary)
