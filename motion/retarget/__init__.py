"""Performances onto rigs that do not have the 52 blend shapes: by what their controls do to the skin.

`wanted` says what a head's skin would do under each blend shape; `laid_on` and `transferred_on` find it out. `controls` tells
what shape keys and bones can do to that skin, `box_solve` finds their values over a whole clip at once, and `by_shape` is the
retargeter made of these. `rigid_fit` lays bones under displaced skin, `bone_faces` makes poses and a mapping of it. `seam` tells
how far lips stand open, `measures` how well a rig follows; `onto_rig` does all of it.
"""
