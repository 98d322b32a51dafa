"""What operators run: `python -m bot check`, which changes nothing, `forget`, `audit` and `keys rotate`."""
