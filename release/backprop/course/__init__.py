"""Beside the notebook: data (`data`), public checks (`checks`), figure style (`style`), calm errors (`notebook`)."""
