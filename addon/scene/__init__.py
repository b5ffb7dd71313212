"""The only files that read or write bpy data."""
