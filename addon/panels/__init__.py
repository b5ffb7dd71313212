"""What the artist sees in the sidebar: drawing only, no work."""
