"""The browser page that shows an emulated workspace, and the HTTP endpoints behind it."""
