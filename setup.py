"""Lists the packages of the tree whose root is the package `vivavoce` itself; everything else is in pyproject.toml."""

from setuptools import find_packages, setup

PARTS = ("addon", "bridge", "commands", "learning", "motion", "rendering")
packages = ["vivavoce"]
for part in PARTS:
    packages += [f"vivavoce.{part}", *(f"vivavoce.{part}.{name}" for name in find_packages(part))]

setup(packages=packages, package_dir={"vivavoce": "."})
