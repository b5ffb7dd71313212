"""Pure numpy: retiming, retargeting, name matching, key reduction, axes."""
