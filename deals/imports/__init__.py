"""Markets in the market CSV format: read and checked whole, compared with what is known, written at once."""
