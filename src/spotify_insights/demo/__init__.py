"""The demo Spotify: its accounts service and Web API over HTTP, with one invented listener."""
