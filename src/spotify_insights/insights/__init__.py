"""Insights: facts carry the values, writers carry the words.

    facts      what a snapshot says, as values with their evidence
    text       words joined to the facts they rest on, as Markdown
    wording    the sentences of each tone, as data
    script     a tone's sentences, filled with the facts at hand
    plain      the writer without a model: chooses what to say
    generate   the flow: snapshot in, insight out

All but `generate` are pure: values in, values out.
"""
