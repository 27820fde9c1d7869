"""What all tables share: names of constraints, types of columns, the moment of creation."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Enum, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own declarative name
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        str: Text,
    }


class Identified:
    """A row with an id that may stand in an address."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


def choice(values: type[StrEnum], *, native: str | None = None) -> Enum:
    """A column of an enumeration's values: text with a check, or a type of PostgreSQL's own.

    A native type takes four bytes a row, which matters in the ledger only.
    """
    return Enum(
        values,
        name=native or values.__name__.lower(),
        native_enum=native is not None,
        create_constraint=native is None,
        values_callable=lambda members: [member.value for member in members],
        length=30,
    )
