"""The coach for members' own assistants, by the Model Context Protocol."""
