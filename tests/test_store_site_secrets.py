"""A secret of the site is made once and is the same for all."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from triage.store.ids import Randomness
from triage.store.site_secrets import SECRET_BYTES, site_secret

pytest_plugins = ["test_store_fixtures"]


def test_all_who_ask_at_once_get_the_same(engine: Engine, randomness: Randomness) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: site_secret(engine, "lint-token", randomness=randomness), range(16)))
    assert len(secrets) == 1
    assert len(secrets.pop()) == SECRET_BYTES


def test_each_name_has_its_own(engine: Engine, randomness: Randomness) -> None:
    first, second = (site_secret(engine, name, randomness=randomness) for name in ("a", "b"))
    assert first != second
    assert site_secret(engine, "a", randomness=randomness) == first
