# SPDX-License-Identifier: GPL-3.0-or-later
"""The meta object of VRM 1.0: who made the model and what others may do with it.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/meta.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import CommandError

# The specification allows this licence only; three-vrm refuses to load a model with any other.
LICENSE_URL = "https://vrm.dev/licenses/1.0/"

_TEXTS = (
    "name",
    "version",
    "copyrightInformation",
    "contactInformation",
    "thirdPartyLicenses",
    "licenseUrl",
    "otherLicenseUrl",
)
_LISTS = ("authors", "references")
_FLAGS = (
    "allowExcessivelyViolentUsage",
    "allowExcessivelySexualUsage",
    "allowPoliticalOrReligiousUsage",
    "allowAntisocialOrHateUsage",
    "allowRedistribution",
)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    # The first of each is the specification's default, and the strictest.
    "avatarPermission": ("onlyAuthor", "onlySeparatelyLicensedPerson", "everyone"),
    "commercialUsage": ("personalNonProfit", "personalProfit", "corporation"),
    "creditNotation": ("required", "unnecessary"),
    "modification": ("prohibited", "allowModification", "allowModificationRedistribution"),
}
MEMBERS = (*_TEXTS, *_LISTS, *_FLAGS, *_CHOICES)


def merge(annotated: Mapping[str, Any], given: Mapping[str, Any], default_name: str) -> dict[str, Any]:
    """The meta to write: the command's over the annotation's over the defaults, every permission spelled out.

    Error: bad-meta.
    """
    merged = {**annotated, **given}
    merged = {name: value for name, value in merged.items() if value not in (None, "", [])}
    unknown = sorted(set(merged) - set(MEMBERS))
    if unknown:
        raise _error(f"meta has no member {', '.join(unknown)}", f"Known: {', '.join(MEMBERS)}.")
    for name in _TEXTS:
        if name in merged and not isinstance(merged[name], str):
            raise _error(f"meta.{name} must be a text", "Correct it.")
    for name in _LISTS:
        if name in merged and not _is_text_list(merged[name]):
            raise _error(f"meta.{name} must be a list of texts", f'For example {{"{name}": ["Someone"]}}.')
    for name in _FLAGS:
        if not isinstance(merged.setdefault(name, False), bool):
            raise _error(f"meta.{name} must be true or false", "Correct it.")
    for name, choices in _CHOICES.items():
        if merged.setdefault(name, choices[0]) not in choices:
            raise _error(f"meta.{name} must be one of {', '.join(choices)}", "Correct it.")
    if merged.setdefault("licenseUrl", LICENSE_URL) != LICENSE_URL:
        raise _error(
            f"meta.licenseUrl must be {LICENSE_URL} in VRM 1.0",
            "Put the address of another licence into meta.otherLicenseUrl.",
        )
    if "authors" not in merged:
        raise _error(
            "meta.authors is missing: VRM 1.0 asks for at least one author",
            'Pass {"authors": ["Your name"]}.',
        )
    merged.setdefault("name", default_name)
    return {name: merged[name] for name in MEMBERS if name in merged}


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _error(problem: str, next_step: str) -> CommandError:
    return CommandError("bad-meta", f"{problem}.", next_step)
