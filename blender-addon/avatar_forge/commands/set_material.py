# SPDX-License-Identifier: GPL-3.0-or-later
"""set_material: makes or changes a material and puts it on objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

from . import compat
from .context import Context
from .diff import journal
from .looks import LOOKS, METAL_MATCAP, OUTLINE_COLOR, Look, metal_matcap, shaded
from .materials import clear_mtoon, image_behind, mtoon_of, principled_of, set_mtoon
from .params import Params
from .scene import find_object, not_found

NAME = "set_material"
CHANGES = True

Color = tuple[float, float, float]


@dataclass(frozen=True)
class Wish:
    preset: str | None
    shader: str | None
    base_color: Color | None
    metallic: float | None
    roughness: float | None
    emission: Color | None
    shade_color: Color | None
    outline_mm: float | None
    outline_color: Color | None
    alpha_mode: str | None
    double_sided: bool | None


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
    others use it too. Without a preset an existing material keeps what is not mentioned. `shader` is mtoon
    where not told and not known; the annotation of docs/commands.md holds what MToon has and Blender has not.
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
    apply(material, wish, fresh)
    for target in targets:
        if target.slot >= len(target.obj.material_slots):
            target.obj.data.materials.append(material)
        else:
            target.obj.material_slots[target.slot].material = material
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
    """Brings a material's nodes, viewport colours and annotation to what is wished for."""
    look = LOOKS[wish.preset or "plain"]
    renew = fresh or wish.preset is not None
    node = _principled(material)
    base = wish.base_color
    if base is None and renew:
        textured = image_behind(compat.principled_socket(node, "base_color")) is not None
        base = (1.0, 1.0, 1.0) if textured else look.base_color
    _apply_nodes(material, node, wish, base, look if renew else None)
    if wish.double_sided is not None or fresh:
        material.use_backface_culling = wish.double_sided is False

    known = mtoon_of(material)
    shader = wish.shader or ("principled" if known is None and not renew else "mtoon")
    if shader == "mtoon":
        renew = renew or known is None
        set_mtoon(material, _annotation(material, node, wish, base, look if renew else None))
    elif known is not None:
        clear_mtoon(material)


def _apply_nodes(
    material: bpy.types.Material, node: bpy.types.Node, wish: Wish, base: Color | None, look: Look | None
) -> None:
    """The part of the wish that Blender itself shows; `look` fills in what is not mentioned."""
    metallic = look.metallic if wish.metallic is None and look else wish.metallic
    roughness = look.roughness if wish.roughness is None and look else wish.roughness
    if base is not None:
        _set_base(material, node, base)
        material.diffuse_color = (*base, material.diffuse_color[3])
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
        _link_alpha(material, node, wish.alpha_mode != "opaque")


def _annotation(
    material: bpy.types.Material, node: bpy.types.Node, wish: Wish, base: Color | None, look: Look | None
) -> dict[str, Any]:
    """The MToon annotation with the wish in it; begun anew from `look` where there is one."""
    annotation = mtoon_of(material) or {}
    if look is not None:
        annotation.pop("matcapTexture", None)
        annotation.update(_mtoon(look))
        if look.matcap:
            metal_matcap()
    color = base or _base_of(annotation, node)
    annotation["baseColor"] = [*color, 1.0]
    if wish.shade_color is not None:
        annotation["shadeColorFactor"] = list(wish.shade_color)
    elif base is not None or look is not None:
        annotation["shadeColorFactor"] = shaded(color, look or _look_of(annotation))
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


def _base_of(annotation: dict[str, Any], node: bpy.types.Node) -> Color:
    stored = annotation.get("baseColor")
    if isinstance(stored, list) and len(stored) >= 3:
        return (stored[0], stored[1], stored[2])
    socket = compat.principled_socket(node, "base_color")
    return (1.0, 1.0, 1.0) if socket.is_linked else tuple(socket.default_value[:3])


def _principled(material: bpy.types.Material) -> bpy.types.Node:
    """The material's Principled BSDF, made and joined to the output where there is none."""
    compat.enable_nodes(material)
    node = principled_of(material)
    if node is not None:
        return node
    nodes = material.node_tree.nodes
    node = nodes.new("ShaderNodeBsdfPrincipled")
    output = next((n for n in nodes if n.type == "OUTPUT_MATERIAL"), None) or nodes.new(
        "ShaderNodeOutputMaterial"
    )
    output.location = (node.location.x + 300, node.location.y)
    material.node_tree.links.new(node.outputs[0], output.inputs["Surface"])
    return node


TINT = "Avatar Forge tint"


def _set_base(material: bpy.types.Material, node: bpy.types.Node, color: Color) -> None:
    """The base colour; where a texture is linked, as a factor multiplied into it (glTF's baseColorFactor)."""
    socket = compat.principled_socket(node, "base_color")
    if not socket.is_linked:
        socket.default_value = (*color, 1.0)
        return
    nodes, links = material.node_tree.nodes, material.node_tree.links
    mix = nodes.get(TINT)
    if mix is None:
        mix = nodes.new("ShaderNodeMix")
        mix.name = mix.label = TINT
        mix.data_type, mix.blend_type = "RGBA", "MULTIPLY"
        mix.inputs[0].default_value = 1.0
        mix.location = (node.location.x - 200, node.location.y)
        links.new(socket.links[0].from_socket, mix.inputs[6])
        links.new(mix.outputs[2], socket)
    mix.inputs[7].default_value = (*color, 1.0)


def _link_alpha(material: bpy.types.Material, node: bpy.types.Node, wanted: bool) -> None:
    """Joins the base texture's alpha to the shader's, or parts them."""
    socket = compat.principled_socket(node, "alpha")
    links = material.node_tree.links
    if not wanted:
        for link in list(socket.links):
            links.remove(link)
        return
    image = image_behind(compat.principled_socket(node, "base_color"))
    texture = next((n for n in material.node_tree.nodes if n.type == "TEX_IMAGE" and n.image == image), None)
    if image is not None and texture is not None and not socket.is_linked:
        links.new(texture.outputs["Alpha"], socket)
