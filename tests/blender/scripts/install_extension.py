"""Install the zip given, enable it, and say what is registered before, while enabled twice, and after."""

import json
import sys

import bpy

MODULE = "bl_ext.user_default.vivavoce"


def counted() -> list[int]:
    """Handlers, and properties of the types that add-ons extend."""
    handlers = [name for name in dir(bpy.app.handlers) if isinstance(getattr(bpy.app.handlers, name), list)]
    return [
        sum(len(getattr(bpy.app.handlers, name)) for name in handlers),
        sum(len(kind.bl_rna.properties) for kind in (bpy.types.Scene, bpy.types.Object, bpy.types.WindowManager)),
    ]


def registered_classes() -> list[str]:
    return [name for name in dir(bpy.types) if name.startswith("VIVAVOCE_")]


before = registered_classes(), counted()
bpy.ops.extensions.package_install_files(repo="user_default", filepath=sys.argv[1], enable_on_install=True)
enabled = registered_classes()
package = sys.modules[MODULE]
package.register()
twice = registered_classes()
category = bpy.types.VIVAVOCE_PT_about.bl_category
bpy.ops.preferences.addon_disable(module=MODULE)
after = registered_classes(), counted()
loaded = sorted(name.removeprefix(MODULE) for name in sys.modules if name.startswith(MODULE))
print(
    json.dumps(
        {
            "version": list(bpy.app.version), "enabled": enabled, "twice": twice, "category": category, "before": before,
            "after": after, "loaded": loaded, "torch": "torch" in sys.modules,
        }
    )
)  # fmt: skip
