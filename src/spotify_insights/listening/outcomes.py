"""What became of the plays of new sources, once accounts of one listen were matched."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

# The rules by which a play is another row of the same source.
DUPLICATES = ("near_duplicate", "other_start")

_TALLY = """
    with told as (
        select poor.no as poor_no, poor.source_id as poor_source, rich.no as rich_no,
            rich.source_id as rich_source, f.rule = any(:duplicates)
                and rich.source_id = any(:new_sources) as is_duplicate
        from found f join accounts poor on poor.no = f.no join accounts rich on rich.no = f.by_no
    )
    select poor_source, case when is_duplicate then 'duplicate_near' else 'matched' end, count(*)
    from told where poor_source = any(:new_sources)
    group by 1, 2
    union all
    select rich_source, 'matched', count(distinct rich_no)
    from told
    where rich_source = any(:new_sources) and poor_source <> all(:new_sources)
        and not exists (select from told other where other.poor_no = told.rich_no)
    group by 1
"""


def tally(session: Session, new_sources: Sequence[int]) -> list[tuple[int, str, int]]:
    """What the last `matching.resolve` found of the plays of new sources: source, reason, plays.

    A play is `matched` when an older source had told of it, whichever account stands now, and a
    `duplicate_near` when it is superseded by another one of the new plays under a rule for that.
    """
    given = {"new_sources": list(new_sources), "duplicates": list(DUPLICATES)}
    return [
        (source, reason, plays) for source, reason, plays in session.execute(text(_TALLY), given)
    ]
