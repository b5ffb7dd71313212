"""The Blender extension. core is pure numpy, scene alone touches bpy data."""
