"""The service as a process: it answers over a real socket, and a signal ends it without trouble."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.front_desk import front

RUN = "from cli.main import app; app()"


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_service_with_zero(tmp_path: Path, sign: signal.Signals) -> None:
    """It answers until then, and says where on the terminal."""
    desk = front(tmp_path)
    link = desk.path("preferences", desk.mail())
    desk.night.engine.dispose()
    command = [sys.executable, "-c", RUN, "--var", str(tmp_path), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = process.stderr.readline()
        found = re.search(r"http://\S+:\d+", said)
        assert found, said
        with httpx.Client(base_url=found[0], transport=httpx.HTTPTransport(retries=5), timeout=30) as client:
            assert client.get("/health").text == "ok"
            assert client.get(link).status_code == 400  # its day has passed
        process.send_signal(sign)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
