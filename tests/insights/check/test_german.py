import pytest
from tests.insights.check.listener import checked, faults

TRUE = [
    ("In der Woche bis zum 10. März 2024 hast du 10,8 Stunden Musik gehört.", "listening.time"),
    ("Du hast knapp elf Stunden gehört, genauer 10 Stunden und 48 Minuten.", "listening.time"),
    ("An sechs von sieben Tagen lief Musik.", "listening.days"),
    (
        "Ister Parade liegt mit 48 Wiedergaben vorn, Marrow Choir folgt mit einunddreißig.",
        "artists.top artists.second",
    ),
    ("Ein Viertel deiner Wiedergaben entfiel auf Ister Parade.", "artists.top"),
    ("Jede vierte Wiedergabe gehörte Ister Parade.", "artists.top"),
    ("Das sind 33 % mehr als in der Vorwoche: 10,8 statt 8,1 Stunden.", "change.time"),
    ("Von 8,1 auf 10,8 Stunden ging es nach oben.", "change.time"),
    ("Nyx lief zwanzigmal, doppelt so oft wie davor.", "artists.rising"),
    ("Abends hast du am meisten gehört, mehr als die Hälfte deiner Zeit.", "rhythm.part"),
    ("Die meiste Musik lief zwischen 21 und 22 Uhr.", "rhythm.hour"),
    ("Samstags lief am meisten, rund ein Drittel.", "rhythm.weekday"),
    ("Dream Pop führt mit 41 %.", "genres.top"),
    ("Der Wert liegt bei 6,3 von 10.", "moods.score"),
    ("Sechs Künstler hast du zum ersten Mal gehört.", "discovery.artists"),
    ("Deine längste Serie dauerte vier Tage, vom 5. bis zum 8. März.", "streaks.longest"),
    ("„Amber Tides“ von Ister Parade kam auf ein Dutzend Wiedergaben.", "tracks.top"),
    ("Der Hörabend am Küchentisch darf auch so bleiben.", "rhythm.part"),
    ("Probier an einem Abend ein Album, das du noch nie ganz gehört hast.", ""),
    ("Eine Sitzung dauert eine halbe Stunde.", "sessions.count"),
    ("Marrow Choir kommt auf Platz zwei.", "artists.second"),
    ("The Lamps sind neu und gleich auf Platz fünf.", "artists.newcomer"),
    ("Die längste Sitzung war am 9.3.2024, anderthalb Stunden.", "sessions.longest"),
    ("Du hast nichts übersprungen.", "skips.rate"),
    ("Vom Vormittag ging es auf den Abend über.", "change.part"),
    ("Vernommen wurde davon nichts.", ""),
]
FALSE = [
    ("Du hast 12 Stunden gehört.", "listening.time", "12 Stunden"),
    ("Du hast dreizehn Stunden gehört.", "listening.time", "dreizehn Stunden"),
    ("Du hast 10.8 Stunden gehört.", "listening.time", "10.8 Stunden"),
    ("An sechs von neun Tagen lief Musik.", "listening.days", "neun Tagen"),
    ("Nena liegt mit 48 Wiedergaben vorn.", "artists.top", "Nena"),
    ("Ein Drittel deiner Wiedergaben entfiel auf Ister Parade.", "artists.top", "Ein Drittel"),
    ("Das sind 33 % weniger als in der Vorwoche.", "change.time", "weniger"),
    ("Das sind 33 % mehr als sonst.", "change.time", "mehr"),
    ("Von 10,8 auf 8,1 Stunden ging es nach oben.", "change.time", "10,8"),
    ("Nyx lief dreizehnmal.", "artists.rising", "dreizehnmal"),
    ("Morgens hast du am meisten gehört.", "rhythm.part", "Morgens"),
    ("Die meiste Musik lief um 20 Uhr.", "rhythm.hour", "20 Uhr"),
    ("Techno führt mit 41 %.", "genres.top", "Techno"),
    ("Kein Tag verging ohne Musik.", "listening.days", "Kein Tag verging ohne Musik"),
    ("So viel hast du noch nie gehört.", "listening.time", "So viel hast du noch nie"),
    ("Du hörst mehr als die meisten anderen.", "record.time", "als die meisten anderen"),
    ("Das war im April 2024.", "listening.time", "April 2024"),
    ("„Kites“ kam auf zwölf Wiedergaben.", "tracks.top", "„Kites“"),
]


@pytest.mark.parametrize(("words", "cites"), TRUE)
def test_what_follows_from_the_cited_facts_passes(words, cites):
    assert faults(words, *cites.split(), code="de") == []


@pytest.mark.parametrize(("words", "cites", "fault"), FALSE)
def test_what_does_not_follow_is_named(words, cites, fault):
    found = checked(words, *cites.split(), code="de").faults

    assert fault in [one.words for one in found]
