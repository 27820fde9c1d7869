"""What a play was heard on, as one of a few families.

Exports name platforms in hundreds of ways, some with the model and the id of a device. Only the
family leaves the parser.
"""

from functools import lru_cache

OTHER = "other"

# How the names of operating systems begin. They come first: what follows them is a device, and
# its maker's name says nothing ("Android OS 9 API 28 (Amazon)" is a tablet, not a speaker).
_SYSTEMS = (
    ("android os", "android"),
    ("android-tablet", "android"),
    ("ios", "ios"),
    ("os x", "macos"),
    ("osx", "macos"),
    ("macos", "macos"),
    ("windows", "windows"),
    ("linux", "linux"),
    ("web", "web"),
)

# What other names contain, most telling first: "sony_tv;ps4" is a console.
_PARTS = (
    ("web_player", "web"),
    ("playstation", "console"),
    ("ps3", "console"),
    ("ps4", "console"),
    ("ps5", "console"),
    ("xbox", "console"),
    ("console", "console"),
    ("cast", "cast"),
    ("tv", "tv"),
    ("tizen", "tv"),
    ("roku", "tv"),
    ("sonos", "speaker"),
    ("amazon", "speaker"),
    ("alexa", "speaker"),
    ("echo", "speaker"),
    ("bose", "speaker"),
    ("speaker", "speaker"),
    ("soundbar", "speaker"),
    ("android", "android"),
    ("iphone", "ios"),
    ("ipad", "ios"),
)


# A listener has some hundred distinct names in tens of thousands of rows.
@lru_cache(maxsize=1024)
def family(platform: str | None) -> str | None:
    """The family of a platform's name: `other` where it is none of these, None without a name."""
    if not platform:
        return None
    name = platform.lower()
    for start, kin in _SYSTEMS:
        if name.startswith(start):
            return kin
    return next((kin for part, kin in _PARTS if part in name), OTHER)
