"""Render settings: Cycles with few denoised samples is the best picture that a processor alone makes in a few seconds."""

from typing import Any

import bpy

from . import compat

CPU_SAMPLES = 4
GPU_SAMPLES = 64
_GPU_KINDS = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")


def choose_engine(scene: Any, engine: str, device: str, samples: int | None) -> None:
    """Set the scene's engine and its quality. engine: auto, cycles, eevee or workbench; device: auto, cpu or gpu."""
    if engine == "workbench":
        _choose_workbench(scene)
    elif engine == "eevee":
        scene.render.engine = compat.EEVEE
        scene.eevee.taa_render_samples = samples or 16
    else:
        _choose_cycles(scene, device, samples)


def _choose_cycles(scene: Any, device: str, samples: int | None) -> None:
    scene.render.engine = "CYCLES"
    on_gpu = device != "cpu" and _enable_gpu()
    settings = scene.cycles
    settings.device = "GPU" if on_gpu else "CPU"
    settings.samples = samples or (GPU_SAMPLES if on_gpu else CPU_SAMPLES)
    settings.use_adaptive_sampling = settings.samples > 16
    settings.use_denoising = True
    settings.denoiser = "OPENIMAGEDENOISE"
    settings.denoising_prefilter = "FAST"
    settings.denoising_quality = "BALANCED"
    settings.use_light_tree = False
    settings.max_bounces, settings.diffuse_bounces, settings.glossy_bounces = 3, 1, 1
    settings.transmission_bounces, settings.transparent_max_bounces, settings.volume_bounces = 1, 6, 0
    settings.caustics_reflective = settings.caustics_refractive = False
    settings.sample_clamp_indirect = 2.0
    settings.seed = 1
    settings.use_animated_seed = False
    scene.render.use_persistent_data = True


def _choose_workbench(scene: Any) -> None:
    scene.render.engine = "BLENDER_WORKBENCH"
    shading = scene.display.shading
    shading.light = "STUDIO"
    shading.color_type = "VERTEX"
    shading.show_cavity = True


def _enable_gpu() -> bool:
    """Let Cycles use the first kind of GPU that is there; False where there is none."""
    preferences: Any = bpy.context.preferences.addons["cycles"].preferences
    for kind in _GPU_KINDS:
        try:
            preferences.compute_device_type = kind
        except TypeError:  # this build of Blender does not know the kind
            continue
        preferences.refresh_devices()
        devices = [device for device in preferences.devices if device.type == kind]
        for device in devices:
            device.use = True
        if devices:
            return True
    preferences.compute_device_type = "NONE"
    return False
