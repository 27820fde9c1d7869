"""Words that names are made of. No name made of them is meant to be a real artist's."""

PLACE_HEADS = (
    *("Quill", "Marrow", "Oster", "Thistle", "Harrow", "Brindle", "Cinder", "Fallow", "Gossa"),
    *("Hollin", "Ister", "Juni", "Kelder", "Lanter", "Morrow", "Nettle", "Ambel", "Pallis"),
    *("Rook", "Sorrel", "Tamber", "Umber", "Vesper", "Wither", "Yarrow", "Zephra"),
)
PLACE_TAILS = (
    *("mere", "fen", "wick", "haven", "moor", "dell", "strand", "gate", "holm", "ford"),
    *("combe", "stead", "mark", "quay"),
)
GROUPS = (
    *("Weather Service", "Night Shift", "Choir", "Almanac", "Cartographers", "Parade"),
    *("Telephone Exchange", "Rowing Club", "Ensemble", "Lighthouse Keepers", "Observatory"),
    *("Ferry Company", "Signal Box", "Radio", "Paper Mill", "Orchard", "Sleepers"),
)
ADJECTIVES = (
    *("Amber", "Borrowed", "Careful", "Distant", "Electric", "Familiar", "Glass", "Hollow"),
    *("Idle", "Late", "Mild", "Northern", "Open", "Paper", "Quiet", "Restless", "Salt"),
    *("Tidal", "Unsent", "Velvet", "Winter", "Yellow"),
)
NOUNS = (
    *("Antenna", "Bridges", "Corridor", "Daylight", "Engines", "Footprints", "Garden"),
    *("Harbour", "Islands", "Junction", "Kites", "Letters", "Mirrors", "Neighbours"),
    *("Orbit", "Postcards", "Rooftops", "Staircase", "Tides", "Umbrellas", "Voices"),
    *("Windows", "Yesterday"),
)
MOMENTS = (
    *("after Rain", "at Low Tide", "before Six", "by the Canal", "in Slow Motion"),
    *("on Platform Nine", "past Midnight", "under Lamps", "without Maps"),
)
STYLES = (
    *("ambient", "folk", "modern classical", "bossa nova"),
    *("indie rock", "dream pop", "jazz", "neo soul", "hip hop"),
    *("techno", "synthwave", "post-rock"),
)
PLAYLISTS = ("Slow starts", "Desk by the window", "Kitchen", "Long way home", "After hours")
