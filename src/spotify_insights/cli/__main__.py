from spotify_insights.cli import main

main()
