"""A headless Chromium driven over its debugging pipe: what a page drew, said and asked for.

Here: starting the browser, loading pages, screenshots. Not here: what a page must be (test_pages_in_a_browser.py).
Run as a script it takes screenshots: `python tests/python/browser.py <folder of the site> <folder for PNG>`.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SWITCHES = (
    "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync "
    "--disable-component-update --disable-default-apps --disable-extensions --disable-dev-shm-usage --mute-audio "
    "--force-color-profile=srgb --remote-debugging-pipe --host-resolver-rules=MAP*~NOTFOUND"
).replace("MAP*~", "MAP * ~")
_SECONDS = 60.0


def executable() -> str | None:
    """Path of an installed Chromium, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@dataclass
class Visit:
    """One page as it was loaded: what it asked for, what went wrong, and values taken from it."""

    url: str
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Browser:
    """A browser process with one page at a time; use it in a `with`."""

    def __init__(self, program: str) -> None:
        self.profile = tempfile.mkdtemp(prefix="chromium-")
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        far_in, far_out = (fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (theirs_in, theirs_out))

        def places() -> None:  # the browser reads commands on 3 and answers on 4
            os.dup2(far_in, 3)
            os.dup2(far_out, 4)

        switches = [s for s in _SWITCHES.split(" --")]
        arguments = [s if s.startswith("--") else f"--{s}" for s in switches]
        self.process = subprocess.Popen(
            [program, *arguments, f"--user-data-dir={self.profile}", "about:blank"],
            preexec_fn=places,
            pass_fds=(3, 4, far_in, far_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.profile},
        )
        for fd in (theirs_in, theirs_out, far_in, far_out):
            os.close(fd)
        self.reader, self.writer = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        os.set_blocking(ours_in, True)
        self.number, self.buffer, self.session = 0, b"", ""
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self.session = ""
            self._send("Browser.close")
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pipe in (self.reader, self.writer):
            with suppress(OSError):
                pipe.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _send(self, method: str, **parameters: Any) -> int:
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.writer.write(json.dumps(message).encode() + b"\0")
        self.writer.flush()
        return self.number

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self.buffer:
            piece = os.read(self.reader.fileno(), 1 << 20)
            if not piece:
                raise RuntimeError("the browser closed its pipe")
            self.buffer += piece
        text, _, self.buffer = self.buffer.partition(b"\0")
        message = json.loads(text)
        if message.get("method") == "Page.javascriptDialogOpening":  # an open dialog would hold the page up
            self._send("Page.handleJavaScriptDialog", accept=False)
        return message

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Result of one command; events that come meanwhile are kept."""
        number = self._send(method, **parameters)
        while True:
            message = self._next()
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, event: str) -> None:
        """Until an event of that name has come."""
        deadline = time.monotonic() + _SECONDS
        while not any(e.get("method") == event for e in self.events):
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {event} within {_SECONDS} s")
            self.events.append(self._next())

    def visit(self, path: Path, width: int = 1280, height: int = 900, dark: bool = False) -> Visit:
        """Load a file at a window size and say what happened."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", media="", features=[scheme])
        self.events.clear()
        seen = Visit(path.absolute().as_uri())
        answer = self.ask("Page.navigate", url=seen.url)
        if answer.get("errorText"):
            seen.faults.append(answer["errorText"])
        self.wait("Page.loadEventFired")
        self.value("new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")
        for event in self.events:
            told = event.get("params", {})
            match event.get("method"):
                case "Network.requestWillBeSent":
                    seen.requests.append(told["request"]["url"])
                case "Network.loadingFailed":
                    seen.faults.append(f"loading failed: {told['errorText']}")
                case "Runtime.exceptionThrown":
                    seen.faults.append(f"exception: {told['exceptionDetails']['text']}")
                case "Runtime.consoleAPICalled" if told["type"] in ("error", "warning", "assert"):
                    seen.faults.append(f"console: {told['args']}")
                case "Page.javascriptDialogOpening":
                    seen.faults.append(f"dialog: {told['message']}")
                case "Log.entryAdded" if told["entry"]["level"] in ("error", "warning"):
                    seen.faults.append(f"log: {told['entry']['text']}")
        return seen

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press and release a key, as a person at the keyboard does."""
        named: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.ask("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **named)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **named)

    def print_media(self, width: int = 720) -> None:
        """Show the loaded page as it prints, on a sheet of that width."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", media="print")

    def value(self, expression: str) -> Any:
        """Value of a JavaScript expression in the page."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def screenshot(self, target: Path, whole: bool = True) -> None:
        """PNG of the whole page, or of what the window shows."""
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        target.write_bytes(base64.b64decode(shot["data"]))


def main() -> None:
    """Screenshots of every page of a site at both widths."""
    site, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    program = executable()
    assert program, "no Chromium here"
    with Browser(program) as browser:
        for page in sorted(site.rglob("*.html")):
            for width in (1280, 390):
                seen = browser.visit(page, width)
                browser.screenshot(target / f"{page.stem}-{width}.png")
                print(
                    page.name,
                    width,
                    seen.faults,
                    len(seen.requests),
                    browser.value("document.documentElement.scrollWidth"),
                )


if __name__ == "__main__":
    main()
