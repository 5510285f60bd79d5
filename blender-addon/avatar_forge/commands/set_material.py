# SPDX-License-Identifier: GPL-3.0-or-later
"""set_material: makes or changes a material and puts it on objects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import bpy

from . import compat
from .context import Context
from .diff import journal
from .looks import LOOKS, METAL_MATCAP, OUTLINE_COLOR, Look, metal_matcap, shaded
from .material_nodes import ensure_principled, link_alpha, set_base, show_picture, unlit_color
from .materials import clear_mtoon, image_behind, mtoon_of, set_mtoon
from .params import Params
from .repaint import drop, painted_tone, repainted
from .scene import find_object, not_found

NAME = "set_material"
CHANGES = True

Color = tuple[float, float, float]

_WHITE: Color = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Wish:
    preset: str | None = None
    shader: str | None = None
    base_color: Color | None = None
    metallic: float | None = None
    roughness: float | None = None
    emission: Color | None = None
    shade_color: Color | None = None
    outline_mm: float | None = None
    outline_color: Color | None = None
    alpha_mode: str | None = None
    double_sided: bool | None = None


@dataclass(frozen=True)
class Target:
    """A slot of an object; an index equal to the number of slots is a new one."""

    obj: bpy.types.Object
    slot: int

    def material(self) -> bpy.types.Material | None:
        slots = self.obj.material_slots
        return slots[self.slot].material if self.slot < len(slots) else None


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{objects[name], slot?, name?, preset?, shader?, base_color?, metallic?, roughness?, emission?,
    shade_color?, outline_mm?, outline_color?, alpha_mode?, double_sided?} → {material, assigned[{object,
    slot}], diff}.

    With `name`, that material is made or changed; without, the one in the slot is, and a copy of it where
    others use it too. On a painted material `base_color` becomes the colour of the painting (repaint.py).
    Without a preset an existing material keeps what is not mentioned. `shader` is mtoon where not told and
    not known; the annotation of docs/commands.md holds what MToon has and Blender has not.
    Errors: bad-params, not-found.
    """
    checked = Params(params)
    objects = [find_object(name, f"objects[{i}]") for i, name in enumerate(checked.texts("objects"))]
    slot = checked.raw("slot", None)
    name = checked.name("name", None)
    wish = Wish(
        preset=checked.text("preset", None, tuple(LOOKS)),
        shader=checked.text("shader", None, ("mtoon", "principled")),
        base_color=checked.color("base_color", None),
        metallic=checked.number("metallic", None, 0, 1),
        roughness=checked.number("roughness", None, 0, 1),
        emission=checked.color("emission", None),
        shade_color=checked.color("shade_color", None),
        outline_mm=checked.number("outline_mm", None, 0, 50),
        outline_color=checked.color("outline_color", None),
        alpha_mode=checked.text("alpha_mode", None, ("opaque", "mask", "blend")),
        double_sided=checked.flag("double_sided", None),
    )
    checked.done()
    targets = [Target(obj, _slot(checked, obj, slot)) for obj in dict.fromkeys(objects)]
    context.check_cancelled()

    scene = bpy.context.scene
    data = {target.obj.data for target in targets}
    names = [obj.name for obj in scene.objects if obj.data in data]
    journal.update(scene, names)
    material, fresh = _material(targets, name, wish)
    for target in targets:
        if target.slot >= len(target.obj.material_slots):
            target.obj.data.materials.append(material)
        else:
            target.obj.material_slots[target.slot].material = material
    apply(material, wish, fresh)
    return {
        "material": material.name,
        "assigned": [{"object": target.obj.name, "slot": target.slot} for target in targets],
        "diff": journal.update(scene, names),
    }


def _slot(checked: Params, obj: bpy.types.Object, wanted: Any) -> int:
    slots = [slot.material.name if slot.material else None for slot in obj.material_slots]
    if not hasattr(obj.data, "materials"):
        raise checked.bad("objects", f"holds {obj.name!r}, a {obj.type}, which takes no material")
    listed = ", ".join(f"{i} {material}" for i, material in enumerate(slots))
    if wanted is None:
        if len(slots) > 1:
            raise checked.bad("slot", f"is missing, and {obj.name!r} has several", f"Name one of: {listed}.")
        return 0
    if isinstance(wanted, str):
        if wanted not in slots:
            raise not_found("slot", f"material on {obj.name!r}", wanted, [s for s in slots if s])
        return slots.index(wanted)
    index = checked.integer("slot", low=0)
    if index > len(slots):
        raise checked.bad(
            "slot", f"is {index}, and {obj.name!r} has {len(slots)} slots", f"They are: {listed}."
        )
    return index


def _material(targets: list[Target], name: str | None, wish: Wish) -> tuple[bpy.types.Material, bool]:
    """The material to change, and whether it is new."""
    if name is not None:
        known = bpy.data.materials.get(name)
        return (known, False) if known is not None else (bpy.data.materials.new(name), True)
    current = {target.material() for target in targets}
    if len(current) == 1 and None not in current:
        material = current.pop()
        return (material.copy() if _used_elsewhere(material, targets) else material), False
    return bpy.data.materials.new(f"{targets[0].obj.name} {wish.preset or 'material'}"[:50]), True


def _used_elsewhere(material: bpy.types.Material, targets: list[Target]) -> bool:
    chosen = {(target.obj, target.slot) for target in targets}
    return any(
        slot.material == material and (obj, i) not in chosen
        for obj in bpy.data.objects
        for i, slot in enumerate(obj.material_slots)
    )


def apply(material: bpy.types.Material, wish: Wish, fresh: bool) -> None:
    """Brings a material's nodes, viewport colours and annotation to what is wished for.

    A painting is measured by the faces that have the material by now.
    """
    look = LOOKS[wish.preset or "plain"]
    renew = fresh or wish.preset is not None
    known = mtoon_of(material)
    # Another colour alone leaves an unlit material unlit.
    only_colour = known is None and replace(wish, base_color=None, double_sided=None) == Wish()
    unlit = unlit_color(material) if only_colour else None
    node = ensure_principled(material) if unlit is None else None
    socket = unlit or compat.principled_socket(node, "base_color")
    base, painting = wish.base_color, image_behind(socket)
    picture = repainted(material, painting, base) if base is not None and painting is not None else None
    if base is None and renew:
        base = _WHITE if painting is not None else look.base_color
    if picture is not None:
        show_picture(material, socket, painting, picture)
    elif base is not None:
        set_base(material, socket, base)
    if base is not None:
        material.diffuse_color = (*base, material.diffuse_color[3])
    if node is not None:
        _apply_nodes(material, node, wish, look if renew else None)
    if wish.double_sided is not None or fresh:
        material.use_backface_culling = wish.double_sided is False

    shader = wish.shader or ("principled" if known is None and not renew else "mtoon")
    if shader == "mtoon":
        renew = renew or known is None
        set_mtoon(material, _annotation(material, node, wish, base, picture, look if renew else None))
    elif known is not None:
        clear_mtoon(material)
    if picture is not None:
        drop(painting)


def _apply_nodes(material: bpy.types.Material, node: bpy.types.Node, wish: Wish, look: Look | None) -> None:
    """The part of the wish that Blender itself shows; `look` fills in what is not mentioned."""
    metallic = look.metallic if wish.metallic is None and look else wish.metallic
    roughness = look.roughness if wish.roughness is None and look else wish.roughness
    if metallic is not None:
        compat.principled_socket(node, "metallic").default_value = metallic
        material.metallic = metallic
    if roughness is not None:
        compat.principled_socket(node, "roughness").default_value = roughness
        material.roughness = roughness
    if wish.emission is not None:
        compat.principled_socket(node, "emission").default_value = (*wish.emission, 1.0)
        compat.principled_socket(node, "emission_strength").default_value = 1.0
    if wish.alpha_mode is not None:
        compat.set_alpha_mode(material, wish.alpha_mode)
        link_alpha(material, node, wish.alpha_mode != "opaque")


def _annotation(
    material: bpy.types.Material,
    node: bpy.types.Node,
    wish: Wish,
    base: Color | None,
    picture: bpy.types.Image | None,
    look: Look | None,
) -> dict[str, Any]:
    """The MToon annotation with the wish in it; begun anew from `look` where there is one.

    picture   has the base colour, for light and shade alike; None: a factor has it
    """
    annotation = mtoon_of(material) or {}
    if look is not None:
        annotation.pop("matcapTexture", None)
        annotation.update(_mtoon(look))
        if look.matcap:
            metal_matcap()
    color = base or _base_of(annotation, node)
    factor = color if picture is None else _WHITE
    annotation["baseColor"] = [*factor, _alpha_of(annotation)]
    if picture is not None:
        shown = {**annotation.get("baseColorTexture", {}), "image": picture.name}
        annotation["shadeMultiplyTexture"] = shown
        if "baseColorTexture" in annotation:
            annotation["baseColorTexture"] = shown
    if wish.shade_color is not None:
        annotation["shadeColorFactor"] = _shade_factor(material, annotation, wish.shade_color)
    elif base is not None or look is not None:
        annotation["shadeColorFactor"] = shaded(factor, look or _look_of(annotation))
    if base is not None or look is not None:
        # A metal's highlight has the metal's colour: that tells gold from paint of the colour of brass.
        strength = (look or _look_of(annotation)).matcap
        annotation["matcapFactor"] = [min(1.0, channel * 0.75 + 0.12) * strength for channel in color]
    if wish.outline_mm is not None:
        annotation["outlineWidthFactor"] = wish.outline_mm / 1000
        annotation["outlineWidthMode"] = "worldCoordinates" if wish.outline_mm > 0 else "none"
    if wish.outline_color is not None:
        annotation["outlineColorFactor"] = list(wish.outline_color)
    if wish.alpha_mode is not None:
        annotation["alphaMode"] = wish.alpha_mode.upper()
    annotation.setdefault("alphaMode", "OPAQUE")
    annotation["doubleSided"] = not material.use_backface_culling
    return annotation


def _mtoon(look: Look) -> dict[str, Any]:
    """A preset as members of VRMC_materials_mtoon.

    https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_materials_mtoon-1.0/README.md
    """
    members: dict[str, Any] = {
        "shadingToonyFactor": look.toony,
        "shadingShiftFactor": look.shift,
        "giEqualizationFactor": 0.9,
        "parametricRimColorFactor": list(look.rim),
        "parametricRimFresnelPowerFactor": look.rim_power,
        "rimLightingMixFactor": 1.0,
        "outlineWidthMode": "worldCoordinates" if look.outline else "none",
        "outlineWidthFactor": look.outline,
        "outlineColorFactor": list(OUTLINE_COLOR),
        "outlineLightingMixFactor": 0.0,
        "matcapFactor": [0.0, 0.0, 0.0],
    }
    if look.matcap:
        members["matcapTexture"] = {"image": METAL_MATCAP}
    return members


def _look_of(annotation: dict[str, Any]) -> Look:
    """The preset that a material seems to be of, by its tones, when it is only being given another colour."""
    tones = (annotation.get("shadingToonyFactor"), annotation.get("shadingShiftFactor"))
    return next((look for look in LOOKS.values() if (look.toony, look.shift) == tones), LOOKS["plain"])


def _shade_factor(material: bpy.types.Material, annotation: dict[str, Any], shade: Color) -> list[float]:
    """What makes the picture in the shade, where there is one, look like the colour that is wished for."""
    texture = annotation.get("shadeMultiplyTexture")
    image = bpy.data.images.get(texture["image"]) if isinstance(texture, dict) else None
    tone = painted_tone(material, image) if image is not None else None
    return [min(1.0, wished / max(own, 1e-4)) for wished, own in zip(shade, tone or _WHITE, strict=True)]


def _alpha_of(annotation: dict[str, Any]) -> float:
    stored = annotation.get("baseColor")
    return stored[3] if isinstance(stored, list) and len(stored) > 3 else 1.0


def _base_of(annotation: dict[str, Any], node: bpy.types.Node) -> Color:
    stored = annotation.get("baseColor")
    if isinstance(stored, list) and len(stored) >= 3:
        return (stored[0], stored[1], stored[2])
    socket = compat.principled_socket(node, "base_color")
    return (1.0, 1.0, 1.0) if socket.is_linked else tuple(socket.default_value[:3])
