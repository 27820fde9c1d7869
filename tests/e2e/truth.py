"""Whether an insight says nothing but facts."""

from tests.e2e.recount import numbers_in, numbers_of


def assert_true(insight, facts):
    """Each claim stands in the text and rests on its fact; no number stands outside a claim."""
    told = insight["structured_output"]
    evidence = told["evidence"]
    assert {one["id"]: one["value"] for one in evidence} == {
        one["id"]: facts.get(one["id"]) for one in evidence
    }
    for one in evidence:
        _assert_claimed(one, insight["content"])
    assert numbers_in(_without_claims(insight["content"], evidence)) == set()
    assert numbers_in(" ".join(_summaries(told))) <= numbers_of(facts)
    assert told["mood_score"] == facts["moods.score"]


def _assert_claimed(one, content):
    claim, start = one["claim"], one["position"]
    assert content[start : start + len(claim)] == claim
    if isinstance(one["value"], str):
        assert numbers_in(claim) == set()
    else:
        assert numbers_in(claim) <= {one["value"]}


def _without_claims(content, evidence):
    rest = list(content)
    for one in evidence:
        rest[one["position"] : one["position"] + len(one["claim"])] = " " * len(one["claim"])
    return "".join(rest)


def _summaries(told):
    nudges = (nudge["message"] for nudge in told["wellness_nudges"])
    return [told["overall_assessment"], *told["key_patterns"], *nudges]
