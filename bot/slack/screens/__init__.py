"""One file per screen: it draws the screen, owns its ids, reads its form back and answers its own clicks."""
