"""Ids that are numbers, as they stand in an address."""

from typing import Annotated

from fastapi import Path

LARGEST_ID = (1 << 31) - 1

RowId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
