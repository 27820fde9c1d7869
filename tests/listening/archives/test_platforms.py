import pytest

from spotify_insights.listening.archives.platforms import family


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Android OS 10 API 29 (Google, Pixel 4a)", "android"),
        ("Android OS 9 API 28 (Amazon, KFMAWI)", "android"),
        ("Android-tablet OS 6.0.1 API 23 (samsung)", "android"),
        ("Partner android_sdk HUAWEI", "android"),
        ("iOS 12.2 (iPhone6,1)", "ios"),
        ("ios", "ios"),
        ("OS X 10.13.6 [x86 8]", "macos"),
        ("osx", "macos"),
        ("Windows 10 (10.0.17134; x64; AppX)", "windows"),
        ("Windows Phone 8.0 ARM", "windows"),
        ("Linux [x86-64 0]", "linux"),
        ("WebPlayer (websocket RFC6455)", "web"),
        ("web_player windows 10;firefox 85.0;desktop", "web"),
        ("Partner spotify web_player", "web"),
        ("Partner google cast;Google_Home;;4711", "cast"),
        ("cast", "cast"),
        ("Partner webos_tv lg;x", "tv"),
        ("Partner android_tv sony", "tv"),
        ("tizen", "tv"),
        ("playstation", "console"),
        ("Partner sony_tv ps4;x", "console"),
        ("Partner sonos_ppc sonos", "speaker"),
        ("not_applicable", "other"),
        ("unknown", "other"),
        ("", None),
        (None, None),
    ],
)
def test_a_platform_belongs_to_a_family(name, expected):
    assert family(name) == expected
