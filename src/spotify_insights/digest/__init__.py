"""The weekly summary: the week that ended, beside the one before and the usual; and where it goes.

weekly      flow: snapshot, figures, one insight, one delivery for each target
figures     the numbers, and what they are beside (pure)
targets     steps: addresses, confirmed by whoever reads them; secret links
summaries   steps: summaries and their deliveries, looked up and begun
delivering  flow: one summary to one target, at most once
telling     figures in words (pure), from the sentences in `texts`
mail, feed  the forms words take (pure)
"""
