"""What every student gets beside the notebook: data (`data`), public checks (`checks`), figure style (`style`)."""
