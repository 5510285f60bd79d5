"""What seeds of tasks are made with. Standard library and bpy alone: it runs in either server's Blender."""

from __future__ import annotations

import contextlib

import bpy

KINDS = (
    "objects", "meshes", "curves", "armatures", "cameras", "lights", "materials", "images", "actions",
    "texts", "node_groups", "shape_keys",
)  # fmt: skip


def reset() -> None:
    """An empty scene: no data of any kind that a task makes or changes."""
    if bpy.context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    for kind in KINDS:
        # Viewer images and keys of meshes go with what holds them.
        with contextlib.suppress(TypeError, RuntimeError, AttributeError):
            bpy.data.batch_remove(list(getattr(bpy.data, kind)))
    for collection in list(bpy.data.collections):
        bpy.data.collections.remove(collection)
    bpy.context.view_layer.update()


def append(path: str) -> None:
    """All objects, and pictures, of a .blend that make_seeds.py wrote."""
    with bpy.data.libraries.load(path) as (found, wanted):
        wanted.objects, wanted.images = found.objects, found.images
    for obj in wanted.objects:
        bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()


def add(kind: str, name: str, location=(0, 0, 0), material=None, parent=None, **how) -> bpy.types.Object:
    """A primitive of bpy.ops.mesh, its transform applied but for the place."""
    getattr(bpy.ops.mesh, f"primitive_{kind}_add")(**how)
    obj = bpy.context.object
    obj.name = obj.data.name = name
    obj.location = location
    if material is not None:
        obj.data.materials.append(material)
    obj.parent = parent
    bpy.context.view_layer.update()
    return obj


def paint(name: str, color, roughness=0.5, metallic=0.0) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    node = next(n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED")
    node.inputs["Base Color"].default_value = (*color, 1)
    node.inputs["Roughness"].default_value = roughness
    node.inputs["Metallic"].default_value = metallic
    return material


def light(name: str, kind="POINT", location=(0, 0, 3)) -> bpy.types.Object:
    obj = bpy.data.objects.new(name, bpy.data.lights.new(name, kind))
    obj.location = location
    bpy.context.scene.collection.objects.link(obj)
    return obj


def camera(name: str, location=(0, -5, 1)) -> bpy.types.Object:
    obj = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    obj.location = location
    obj.rotation_euler = (1.5707963, 0, 0)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.scene.camera = obj
    return obj
