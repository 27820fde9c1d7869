"""Insights: facts carry the values, writers carry the words, and a checker compares the two.

    facts        what a snapshot says, as values with their evidence
    languages    how values, dates and periods are written
    wording      every sentence of every language, as data
    statements   a fact in one plain sentence
    text         templates filled with facts
    draft        what a writer hands in: sentences, and the facts each rests on
    plain        the writer without a model
    modelled     the writer with one; `prompts` is what it is told, `prices` what it costs
    check        whether everything a draft says follows from the facts it cites
    layout       a checked draft as Markdown, structured output and evidence
    rows, calls  insights and questions to the model in the database
    generate     the flow: snapshot in, insight out

All but the last three are pure: values in, values out.
"""
