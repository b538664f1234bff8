"""A migration tool and an ORM over a connection to a branch, as they are used to: Alembic, SQLAlchemy.

    ./offshoot up                                    # in another terminal
    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
    ID=$(../../offshoot experiment open --parent shop --goal "Give customers a tier")
    DATABASE_URL=$(../../offshoot experiment connect $ID) .venv/bin/python over_a_connection.py
    ../../offshoot experiment submit $ID

The address is that of a branch: whatever happens to it, the parent gets what was handed in and
approved. Neither tool knows of Offshoot. The contract is docs/sessions.md.
"""

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy import ForeignKey

HERE = Path(__file__).parent


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    tier: Mapped[str]
    notes: Mapped[list["Note"]] = relationship(back_populates="customer")


class Note(Base):
    __tablename__ = "customer_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    text: Mapped[str]
    customer: Mapped[Customer] = relationship(back_populates="notes")


def migrate(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def work(url: str) -> None:
    engine = create_engine(url)
    with Session(engine) as session:
        first = session.scalars(select(Customer).order_by(Customer.id)).first()
        first.tier = "gold"
        first.notes.append(Note(text="our first customer"))
        session.commit()
        print("customers by tier:", dict(
            session.execute(select(Customer.tier, func.count()).group_by(Customer.tier)).all()))
    engine.dispose()


def main() -> None:
    # SQLAlchemy wants to be told its driver.
    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    migrate(url)
    work(url)
    print("done; hand it in with ./offshoot experiment submit")


if __name__ == "__main__":
    main()
