"""What the notebooks use: data (`data`), public checks (`checks`), figure style (`style`), short errors (`notebook`)."""
