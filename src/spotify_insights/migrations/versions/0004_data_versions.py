"""Versions of a listener's data that are never given twice"""

from alembic import op
from sqlalchemy.schema import CreateSequence, DropSequence, Sequence

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DATA_VERSIONS = Sequence("data_versions")
# Further on than what any listener has, so that none gets a number it had before.
START = "select setval('data_versions', (select coalesce(max(data_version), 0) + 1 from users))"


def upgrade() -> None:
    op.execute(CreateSequence(DATA_VERSIONS))
    op.execute(START)


def downgrade() -> None:
    op.execute(DropSequence(DATA_VERSIONS))
