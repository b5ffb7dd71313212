from dataclasses import replace

import numpy as np

from vivavoce.bridge.data import SceneLight, environment_directions
from vivavoce.rendering.base import analytic_base
from vivavoce.rendering.heroes import hero_of
from vivavoce.rendering.light import PreparedLight, light_buffers

from .sphere import ball

HEAD = np.zeros(3)


def _light() -> PreparedLight:
    return PreparedLight(SceneLight(0.5 + 0.5 * np.repeat(environment_directions(16, 32)[..., :1], 3, axis=-1)), HEAD)


def test_nothing_in_view_is_a_black_frame():
    gbuffer = ball()
    empty = replace(gbuffer, alpha=np.zeros_like(gbuffer.alpha), depth_z_m=np.full_like(gbuffer.depth_z_m, np.inf))
    base = analytic_base(empty, light_buffers(empty, _light()))
    assert not base.picture.any()


def test_a_hero_brings_its_colours_to_another_view():
    plain, tinted = ball(), ball(albedo=(0.65, 0.35, 0.3))
    hero = hero_of(analytic_base(tinted, light_buffers(tinted, _light())).picture, plain, light_buffers(plain, _light()))
    view, truth = ball(azimuth_rad=0.3), ball(azimuth_rad=0.3, albedo=(0.65, 0.35, 0.3))
    buffers = light_buffers(view, _light())
    base, wanted = analytic_base(view, buffers, [hero]), analytic_base(truth, buffers)
    seen = base.seen > 0.5
    assert 0.5 < seen.sum() / (view.alpha > 0.0).sum() < 1.0
    without = np.abs(analytic_base(view, buffers).picture - wanted.picture)[seen].mean()
    assert np.abs(base.picture - wanted.picture)[seen].mean() < 0.3 * without


def test_a_highlight_stays_with_the_light():
    gbuffer = ball()
    buffers = light_buffers(gbuffer, _light())
    base = analytic_base(gbuffer, buffers)
    hero = hero_of(base.picture, gbuffer, buffers)
    np.testing.assert_allclose(hero.gains, 0.0, atol=0.02)


def test_a_shadow_that_no_light_explains_is_carried_to_another_view():
    gbuffer, view = ball(), ball(azimuth_rad=0.3)
    picture = analytic_base(gbuffer, light_buffers(gbuffer, _light())).picture
    is_dark = gbuffer.anchor[..., 1] > 0.0
    hero = hero_of(np.where(is_dark[..., None], 0.02 * picture, picture), gbuffer, light_buffers(gbuffer, _light()))
    base = analytic_base(view, light_buffers(view, _light()), [hero])
    seen, above = base.near > 0.5, view.anchor[..., 1] > 0.01
    assert 0.5 < seen.sum() / (view.alpha > 0.0).sum() < 1.0
    assert (base.carried[seen & above] < -0.1).mean() > 0.9
    assert np.abs(base.carried[seen & (view.anchor[..., 1] < -0.02)]).mean() < 0.05
    assert not base.carried[base.near == 0.0].any()
