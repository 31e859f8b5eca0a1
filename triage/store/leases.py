"""Who does a thing that only one may do at a time: a lease with a name, held by one and free again when it runs out."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update

from triage.store.database import writing
from triage.store.tables import leases


def lead(engine: Engine, name: str, *, holder: str, now: datetime, lasting: timedelta) -> bool:
    """Takes or renews the lease of that name; whether the holder has it now. Of several who ask at once one gets it."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE leases IN EXCLUSIVE MODE")
        row = connection.execute(select(leases).where(leases.c.name == name)).one_or_none()
        if row is None:
            connection.execute(insert(leases).values(name=name, holder=holder, until=now + lasting))
            return True
        if row.holder != holder and row.until > now:
            return False
        taken = update(leases).where(leases.c.name == name).values(holder=holder, until=now + lasting)
        connection.execute(taken)
        return True


def give_up(engine: Engine, name: str, *, holder: str) -> None:
    """Frees the lease, so that another need not wait until it runs out."""
    with writing(engine) as connection:
        connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
