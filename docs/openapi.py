"""Writes docs/openapi.json, the description of the service's routes, as GET /openapi.json answers it."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from triage.api.app import build_app
from triage.api.service import open_service
from triage.settings import load_settings


def main() -> None:
    """Writes the file; a test compares it with what the application says."""
    with TemporaryDirectory() as folder:
        settings = load_settings(environ={"TRIAGE_DATABASE_URL": f"sqlite:///{folder}/triage.db"})
        described = build_app(open_service(settings, is_open=True)).openapi()
    text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
    Path(__file__).with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
