"""The command line: one table of sub-commands, each imported when it is called."""

import errno
import importlib
import logging
import signal
import sys
from collections.abc import Mapping
from types import FrameType
from typing import TYPE_CHECKING

from .bridge.data.mood import Mood, timeline_from_text, timeline_text
from .bridge.errors import Cancelled, InvalidInput, ModelMissing, VivavoceError

if TYPE_CHECKING:
    from tyro.constructors import PrimitiveConstructorSpec, PrimitiveTypeInfo

COMMANDS: dict[str, tuple[str, str]] = {
    "speak": ("Speak", "turn a recorded line into a performance: npz, csv, bvh, blend, glb, fbx, usd, mp4"),
    "retarget": ("Retarget", "put a performance on any rig, by what its shape keys and bones do to the skin"),
    "transfer": ("Transfer", "make the 52 ARKit shapes on a head of any topology that has none"),
    "inspect": ("Inspect", "print what a clip holds and draw its curves beside the sound"),
    "export-model": ("ExportModel", "write the open human in SMPL-X and FLAME file layouts"),
    "bake-human": ("BakeHuman", "make the open human's file anew from its source"),
    "serve": ("Serve", "be the worker of a Blender on this machine, or a team's server"),
    "motion-data": ("MotionData", "make or read the speech and faces that motion models learn from"),
    "motion-train": ("MotionTrain", "train a motion model on corpora that motion-data made; go on where a run was stopped"),
    "motion-mean": ("MotionMean", "take the mean of several trainings of the probabilistic model"),
    "motion-eval": ("MotionEval", "judge the engines on lines and faces that they did not learn from"),
    "render-data": ("RenderData", "render frames of random people for the renderer to learn from"),
    "render-train": ("RenderTrain", "train the renderer on such frames, or fit it to one character"),
    "render-eval": ("RenderEval", "judge the renderer on people and lights that it never saw"),
    "render": ("Render", "re-render a performance from any view, in the look of hero frames: mp4, png, exr"),
    "render-hero": ("RenderHero", "render a hero frame of the open human with Cycles"),
    "calibrate": ("Calibrate", "fit the mouth shapes to captured faces"),
}


def main() -> None:
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage())
        sys.exit(0)
    if arguments[0] not in COMMANDS:
        fail(f"No command is called {arguments[0]!r}.\n\n{usage()}", exit_code=2)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        run_command(arguments[0], arguments[1:])
    except KeyboardInterrupt:
        fail("Stopped; nothing was written.", Cancelled.exit_code)
    except VivavoceError as error:
        fail(f"Error: {error}", error.exit_code)
    except ModuleNotFoundError as error:
        # The plain install has no torch, no audio and no Blender: which extra brings what is in pyproject.toml.
        fail(f"Error: this needs {error.name}. Install everything with: pip install 'vivavoce[all]'", ModelMissing.exit_code)
    except PermissionError as error:
        fail(
            f"Error: {error.filename or 'a file'} may not be read or written. Change its rights, or give another.",
            InvalidInput.exit_code,
        )
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        fail(
            "Error: the disk is full. Free some of it, then give the same command again: what is whole is kept.",
            InvalidInput.exit_code,
        )


def run_command(name: str, arguments: list[str]) -> None:
    """Parse the command's options from its configuration class and run it."""
    import tyro
    from rich.logging import RichHandler

    from .commands.console import STDERR

    to_terminal = RichHandler(console=STDERR, show_time=False, show_path=False)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[to_terminal])
    class_name, description = COMMANDS[name]
    module = importlib.import_module(f".commands.{name.replace('-', '_')}", __package__)
    registry = tyro.constructors.ConstructorRegistry()
    registry.primitive_rule(_emotion_rule)
    registry.primitive_rule(_moods_rule)
    with registry:
        config_class = getattr(module, class_name)
        config = tyro.cli(config_class, prog=f"vivavoce {name}", description=f"{description.capitalize()}.", args=arguments)
    module.run(config)


def _emotion_rule(type_info: "PrimitiveTypeInfo") -> "PrimitiveConstructorSpec | None":
    """`--emotion happy:0.7,sad:0.2` for a mapping from labels to numbers."""
    from tyro.constructors import PrimitiveConstructorSpec

    if type_info.type != Mapping[str, float]:
        return None
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar="LABEL:INTENSITY,...",
        instance_from_str=lambda values: labelled_numbers(values[0]),
        is_instance=lambda value: isinstance(value, Mapping),
        str_from_instance=lambda value: [",".join(f"{label}:{number:g}" for label, number in value.items())],
    )


def _moods_rule(type_info: "PrimitiveTypeInfo") -> "PrimitiveConstructorSpec | None":
    """`--moods "0s:happy 2s:sad=0.5,angry=0.2"` for a timeline."""
    from tyro.constructors import PrimitiveConstructorSpec

    if type_info.type != tuple[Mood, ...]:
        return None
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar="'TIMEs:LABEL=INTENSITY,... ...'",
        instance_from_str=lambda values: timeline_from_text(values[0]),
        is_instance=lambda value: isinstance(value, tuple),
        str_from_instance=lambda value: [timeline_text(value)],
    )


def labelled_numbers(text: str) -> dict[str, float]:
    """`happy:0.7,sad` -> {"happy": 0.7, "sad": 1.0}. Raises ValueError, which the command line turns into its message."""
    numbers = {}
    for part in filter(None, text.split(",")):
        label, _, number = part.partition(":")
        numbers[label.strip()] = float(number) if number else 1.0
    return numbers


def usage() -> str:
    rows = "\n".join(f"  {name:14}{description}" for name, (_, description) in COMMANDS.items())
    return f"usage: vivavoce COMMAND [options]\n\n{rows}\n\nvivavoce COMMAND --help tells a command's options."


def fail(message: str, exit_code: int) -> None:
    print(message, file=sys.stderr)
    sys.exit(exit_code)


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
