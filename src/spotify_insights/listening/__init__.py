"""The ledger of plays: how they come in, how they are counted, what is kept of them."""
