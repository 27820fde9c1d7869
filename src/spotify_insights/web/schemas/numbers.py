"""Ids that are numbers, as they stand in an address."""

from typing import Annotated

from fastapi import Path

RowId = Annotated[int, Path(ge=1, le=(1 << 31) - 1)]
