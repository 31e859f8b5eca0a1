"""Marks that say what a test rests on."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "model: tests the shipped model, not the code; may change when it is retrained")
