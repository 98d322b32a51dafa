"""The bar for content, as far as a program can hold it: a catalogue in, findings out. content/README.md explains it."""
