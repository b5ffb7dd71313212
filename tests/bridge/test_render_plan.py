import json
from dataclasses import replace

import pytest

from vivavoce.bridge.data.render_plan import (
    FramePlan,
    LampPlan,
    LightPlan,
    LookPlan,
    PosePlan,
    SetPlan,
    plan_from_json,
    plan_to_json,
)
from vivavoce.bridge.errors import InvalidInput

POSE = PosePlan((0.5, 0.25), {"head": (0.1, 0.0, -0.2)})
ROWS = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 2.0), (0.0, 0.0, 0.0, 1.0))
GREY = (0.5, 0.5, 0.5)
PLAN = SetPlan(
    name="00001", split="train", identity="3", person="a.npz", out="b.npz", side_px=32, samples=1, emotion=(1.0, 0.0),
    look=LookPlan(0.0, 0.3, 1.0, GREY, GREY, GREY),
    light=LightPlan("city", 0.25, 0.5, GREY, GREY, GREY, (LampPlan("area", ROWS, GREY, (1.0, 0.5)),)),
    frames=(FramePlan("hero", 0.5, POSE, POSE, ROWS, ROWS, 0.4),),
)  # fmt: skip


def test_a_plan_comes_back_from_json():
    assert plan_from_json(plan_to_json(PLAN)) == PLAN
    plain = replace(PLAN, light=replace(PLAN.light, lamps=()))
    assert plan_from_json(plan_to_json(plain)) == plain


@pytest.mark.parametrize("change", [{"colour": 1}, {"frames": [{"role": "hero"}]}, {"light": 3}])
def test_what_is_no_plan_is_refused(change):
    with pytest.raises(InvalidInput, match="no plan"):
        plan_from_json(json.dumps(json.loads(plan_to_json(PLAN)) | change))
    with pytest.raises(InvalidInput, match="no plan"):
        plan_from_json("[]")
