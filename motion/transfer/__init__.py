"""The 52 ARKit shapes on a head of any topology: from meshes to landmarks, registration, deformation transfer and contacts.

`mesh` is what all work on; `raster` sees it; `surface` finds nearest points; `eyes`, `mouth`, `profile` and `landmarks` find the
face; `labels` names its regions; `registration` lays one head on another; `deformation` carries shapes over; `contacts` seals
lips and lids; `rigid` moves eyes, teeth and tongue; `measures` judges; `transfer` does all of it.
"""
