"""Secrets that the site makes for itself once, and that all its workers and machines share."""

from sqlalchemy import Engine, insert, select

from triage.store.database import reading, writing
from triage.store.ids import Randomness
from triage.store.tables import site_secrets

SECRET_BYTES = 32


def site_secret(engine: Engine, name: str, *, randomness: Randomness) -> bytes:
    """The secret of that name, 32 bytes; made when it is first asked for. Of several who ask at once all get the same."""
    found = select(site_secrets.c.secret).where(site_secrets.c.name == name)
    with reading(engine) as connection:
        if (secret := connection.execute(found).scalar_one_or_none()) is not None:
            return bytes(secret)
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE site_secrets IN EXCLUSIVE MODE")
        if (secret := connection.execute(found).scalar_one_or_none()) is None:
            secret = randomness(SECRET_BYTES)
            connection.execute(insert(site_secrets).values(name=name, secret=secret))
    return bytes(secret)
