# SPDX-License-Identifier: GPL-3.0-or-later
"""GLSL for pictures of avatars: MToon's two tones, rim, matcap and outline; a soft studio for other
materials.

MToon's formulas:
https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_materials_mtoon-1.0
"""

from __future__ import annotations

from functools import cache

import gpu

LOOK = """
struct Look {
  mat4 view_projection;
  vec4 eye;        // xyz: camera
  vec4 right;      // xyz: the camera's right
  vec4 up;         // xyz: the camera's up
  vec4 light;      // xyz: towards the light; w: shading toony
  vec4 base;       // rgb, alpha
  vec4 shade;      // rgb; w: shading shift
  vec4 rim;        // rgb; w: fresnel power
  vec4 matcap;     // rgb factor
  vec4 emission;   // rgb; w: alpha cutoff
  vec4 outline;    // rgb; w: width in metres
  vec4 surface;    // metallic, roughness, is MToon, alpha blends
};
"""
LOOK_FLOATS = 16 + 4 * 11

_VERTEX = """
void main() {
  vec3 place = position + smooth_normal * (hull * look.outline.w);
  at = place;
  facing = normal;
  texel = uv;
  gl_Position = look.view_projection * vec4(place, 1.0);
}
"""

_SRGB = """
// Within 0.2 % of the sRGB curve, by square roots, which are a fraction of the cost of powers.
vec3 to_srgb(vec3 c) {
  c = clamp(c, 0.0, 1.0);
  vec3 r1 = sqrt(c);
  vec3 r2 = sqrt(r1);
  return max(0.662002687 * r1 + 0.684122060 * r2 - 0.323583601 * sqrt(r2) - 0.0225411470 * c, 0.0);
}
"""

_BASE = """
#ifdef TEXTURED
  vec4 texture_color = texture(base_image, texel);
  float alpha = look.base.a * texture_color.a;
  vec3 base = look.base.rgb * texture_color.rgb;
  if (alpha < look.emission.w) discard;
#else
  float alpha = look.base.a;
  vec3 base = look.base.rgb;
#endif
"""

_EYE = """
  vec3 v = normalize(look.eye.xyz - at);
  vec3 n = normalize(facing);
  n = gl_FrontFacing ? n : -n;
"""

# Colours leave premultiplied by blending; an opaque part covers with alpha 1.
_END = """
  color = vec4(to_srgb(shown), look.surface.w > 0.5 ? alpha : 1.0);
}
"""

_OUTLINE = "void main() {" + _BASE + "  color = vec4(to_srgb(look.outline.rgb), 1.0);\n}\n"

_MTOON = (
    "void main() {"
    + _BASE
    + _EYE
    + """
  float toony = look.light.w;
  float lit = dot(n, look.light.xyz) + look.shade.w;
  lit = clamp((lit - (-1.0 + toony)) / max(2.0 - 2.0 * toony, 1e-4), 0.0, 1.0);
#if defined(SHADE_TEXTURED)
  vec3 shade = look.shade.rgb * texture(shade_image, texel).rgb;
#elif defined(TEXTURED)
  vec3 shade = look.shade.rgb * texture_color.rgb;
#else
  vec3 shade = look.shade.rgb;
#endif
  vec3 shown = mix(shade, base, lit) + look.emission.rgb;
  shown += look.rim.rgb * pow(clamp(1.0 - dot(n, v), 0.0, 1.0), max(look.rim.w, 1e-3));
#ifdef MATCAP
  vec3 x = normalize(cross(look.up.xyz, v));
  vec3 y = cross(v, x);
  shown += look.matcap.rgb * texture(matcap_image, vec2(dot(x, n), dot(y, n)) * 0.495 + 0.5).rgb;
#endif
"""
    + _END
)

_PRINCIPLED = (
    """
// A studio in the camera's own axes: floor, wall, a big soft box up on the left, a narrow one on the right.
vec3 studio(vec3 r, float roughness) {
  float soft = 0.06 + 0.5 * roughness;
  float wall = mix(0.06, 0.42, smoothstep(-0.9, 0.9, r.y));
  float key = smoothstep(0.62 - soft, 0.62 + soft, dot(r, normalize(vec3(-0.5, 0.75, 0.55))));
  float strip = smoothstep(0.82 - soft * 0.6, 0.82 + soft * 0.6, dot(r, normalize(vec3(0.9, 0.15, 0.25))));
  float horizon = exp(-pow((r.y + 0.05) / (0.1 + 0.3 * roughness), 2.0)) * 0.22;
  return vec3(wall + 1.35 * key + 0.7 * strip + horizon);
}

void main() {"""
    + _BASE
    + _EYE
    + """
  float metallic = look.surface.x;
  float roughness = look.surface.y;
  float lit = smoothstep(-0.6, 0.95, dot(n, look.light.xyz));
  float sky = mix(0.86, 1.08, n.z * 0.5 + 0.5);
  vec3 diffuse = base * mix(vec3(0.42, 0.4, 0.47), vec3(1.0), lit) * sky;
  vec3 bounced = reflect(-v, n);
  vec3 r = vec3(dot(bounced, look.right.xyz), dot(bounced, look.up.xyz),
                dot(bounced, cross(look.right.xyz, look.up.xyz)));
  vec3 mirrored = studio(r, roughness);
  float fresnel = 0.04 + (1.0 - roughness) * 0.5 * pow(1.0 - clamp(dot(n, v), 0.0, 1.0), 5.0);
  vec3 dielectric = diffuse + mirrored * fresnel * (1.0 - 0.7 * roughness);
  vec3 shown = mix(dielectric, base * mirrored * 1.15 + 0.02, metallic) + look.emission.rgb;
"""
    + _END
)

_SCREEN_VERTEX = """
void main() {
  spot = corner * 0.5 + 0.5;
  gl_Position = vec4(corner, 0.0, 1.0);
}
"""

_COMPOSE_FRAGMENT = """
void main() {
  ivec2 p = ivec2(gl_FragCoord.xy) * 2;
  vec4 figure = 0.25 * (texelFetch(big, p, 0) + texelFetch(big, p + ivec2(1, 0), 0)
                      + texelFetch(big, p + ivec2(0, 1), 0) + texelFetch(big, p + ivec2(1, 1), 0));
  vec3 backdrop = mix(low.rgb, high.rgb, smoothstep(0.0, 1.0, spot.y));
  color = vec4(figure.rgb + backdrop * (1.0 - figure.a), 1.0);
}
"""

_GROUND_VERTEX = """
void main() {
  spot = corner;
  gl_Position = view_projection * vec4(middle.xyz + vec3(corner * middle.w, 0.0), 1.0);
}
"""

_GROUND_FRAGMENT = """
void main() {
  float fade = clamp(1.0 - length(spot), 0.0, 1.0);
  color = vec4(0.2, 0.19, 0.3, 0.34 * fade * fade);
}
"""


_IMAGES = {"base_image": "TEXTURED", "shade_image": "SHADE_TEXTURED", "matcap_image": "MATCAP"}
_KINDS = {"outline": _OUTLINE, "mtoon": _MTOON, "principled": _PRINCIPLED}


@cache
def figure(kind: str, images: frozenset[str]) -> gpu.types.GPUShader:
    """A shader for a kind of surface (outline, mtoon, principled) with these of the images base_image,
    shade_image and matcap_image: one each, since a software OpenGL pays for both sides of every branch.

    Attributes position, normal, smooth_normal, uv; uniform block `look`; push constant `hull` (1 for the
    outline).
    """
    info = gpu.types.GPUShaderCreateInfo()
    between = gpu.types.GPUStageInterfaceInfo(f"avatar_forge_{kind}_{len(images)}")
    between.smooth("VEC3", "at")
    between.smooth("VEC3", "facing")
    between.smooth("VEC2", "texel")
    info.typedef_source(LOOK)
    info.uniform_buf(0, "Look", "look")
    info.push_constant("FLOAT", "hull")
    for slot, (name, define) in enumerate(_IMAGES.items()):
        if name in images:
            info.define(define)
            info.sampler(slot, "FLOAT_2D", name)
    attributes = (("VEC3", "position"), ("VEC3", "normal"), ("VEC3", "smooth_normal"), ("VEC2", "uv"))
    for slot, (type_, name) in enumerate(attributes):
        info.vertex_in(slot, type_, name)
    info.vertex_out(between)
    info.fragment_out(0, "VEC4", "color")
    info.vertex_source(_VERTEX)
    info.fragment_source(_SRGB + _KINDS[kind])
    return gpu.shader.create_from_info(info)


def _flat(name: str, vertex: str, fragment: str) -> gpu.types.GPUShaderCreateInfo:
    info = gpu.types.GPUShaderCreateInfo()
    between = gpu.types.GPUStageInterfaceInfo(f"avatar_forge_{name}")
    between.smooth("VEC2", "spot")
    info.vertex_in(0, "VEC2", "corner")
    info.vertex_out(between)
    info.fragment_out(0, "VEC4", "color")
    info.vertex_source(vertex)
    info.fragment_source(fragment)
    return info


@cache
def compose() -> gpu.types.GPUShader:
    """Attribute corner (-1…1); sampler `big`, the premultiplied figure at twice the size; push constants
    `low` and `high`, sRGB colours of the backdrop at the picture's foot and top.
    """
    info = _flat("compose", _SCREEN_VERTEX, _COMPOSE_FRAGMENT)
    info.sampler(0, "FLOAT_2D", "big")
    info.push_constant("VEC4", "low")
    info.push_constant("VEC4", "high")
    return gpu.shader.create_from_info(info)


@cache
def ground() -> gpu.types.GPUShader:
    """Attribute corner; push constants `view_projection` and `middle` (xyz, radius): a soft shadow on the
    floor.
    """
    info = _flat("ground", _GROUND_VERTEX, _GROUND_FRAGMENT)
    info.push_constant("MAT4", "view_projection")
    info.push_constant("VEC4", "middle")
    return gpu.shader.create_from_info(info)
