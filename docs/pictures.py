"""Takes the pictures of the documents: table, report, a customer's health, the form in five states (``make pictures``)."""

import csv
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUT = ROOT / "out"
SAMPLES = [f"data/sample/{name}" for name in ("jira.csv", "inhouse.csv", "zendesk.jsonl")]
WIDTH = 118
PORT = 8573


def main() -> None:
    """Writes docs/table.png, docs/report.png, docs/health.png and docs/form-*.png."""
    _picture(_table_page(), ROOT / "docs" / "table.png", 1020, 470)
    _picture(OUT / "report.html", ROOT / "docs" / "report.png", 1280, 1000)
    _picture(_health_page(), ROOT / "docs" / "health.png", 1100, 1330)
    _form_pictures()


def _health_page() -> Path:
    """The health report of a customer to whom every other ticket of the in-house sample is given."""
    source, target = OUT / "health.csv", OUT / "health.html"
    rows = list(csv.reader((ROOT / "data" / "sample" / "inhouse.csv").read_text(encoding="gb18030").splitlines()))
    with source.open("w", encoding="utf-8", newline="") as file:
        owners = ["启明在线", "别家"]
        csv.writer(file).writerows([*row, owners[number % 2] if number else "客户"] for number, row in enumerate(rows))
    command = [sys.executable, "-m", "triage", "health", str(source), "--customer", "启明在线", "-o", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return target


def _form_pictures() -> None:
    """The demonstration form of a service that runs for it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "triage", "serve", "--workers", "1", "--port", str(PORT)]
        service = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
        try:
            _wait(f"http://127.0.0.1:{PORT}/readyz")
            pictures = ["node", "tests/pictures.mjs", f"http://127.0.0.1:{PORT}", str(ROOT / "docs")]
            subprocess.run(pictures, cwd=ROOT / "triage" / "api" / "widget", check=True)
        finally:
            service.terminate()
            service.wait()


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing answers at {url}")


def _table_page() -> Path:
    """The terminal's table, coloured as there, as a page."""
    from rich.console import Console
    from rich.text import Text

    code = (
        "import sys; sys.stdout.isatty = lambda: True; from triage.cli import main; "
        f"main(['backlog', *{SAMPLES!r}, '--format', 'table', '--top', '16', '--quiet'])"
    )
    environment = {**os.environ, "COLUMNS": str(WIDTH)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)
    console = Console(record=True, width=WIDTH, file=StringIO())
    console.print(Text.from_ansi(done.stdout.decode("utf-8")))
    page = OUT / "table.html"
    style = "body{margin:18px;background:#fff} pre{font:14px/1.45 'Noto Sans Mono CJK SC',monospace !important}"
    page.write_text(console.export_html(inline_styles=True).replace("</head>", f"<style>{style}</style></head>"))
    return page


def _picture(page: Path, target: Path, width: int, height: int) -> None:
    command = ["chromium", "--headless=new", "--no-sandbox", "--hide-scrollbars", f"--window-size={width},{height}"]
    subprocess.run([*command, f"--screenshot={target}", page.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    main()
