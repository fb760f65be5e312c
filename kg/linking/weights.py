"""The fitted weights: a small readable file, made by ``kg linking train``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from kg.errors import AuthorityError
from kg.linking.features import FEATURES, NIL_FEATURES


@dataclass(frozen=True, slots=True)
class Weights:
    """One number a feature; ``temperature`` divides the scores so that confidences mean what they say.

    ``link_from``: below this probability the best item is not linked but left undecided.
    """

    item: tuple[float, ...]
    nil: tuple[float, ...]
    temperature: float = 1.0
    link_from: float = 0.5
    fitted_on: str = ""

    @classmethod
    def of(cls, document: Mapping[str, object], origin: str = "weights") -> Weights:
        """Read the parsed TOML; AuthorityError where a feature is missing or unknown."""
        item, nil = _table(document, "item"), _table(document, "nil")
        for have, want, table in ((item, FEATURES, "item"), (nil, NIL_FEATURES, "nil")):
            if set(have) != set(want):
                odd = ", ".join(sorted(set(have) ^ set(want)))
                raise AuthorityError(
                    f"{origin}: [{table}] does not fit the features: {odd}",
                    remedy="fit the weights again with kg linking train",
                )
        return cls(
            item=tuple(float(str(item[name])) for name in FEATURES),
            nil=tuple(float(str(nil[name])) for name in NIL_FEATURES),
            temperature=float(str(document.get("temperature", 1.0))),
            link_from=float(str(document.get("link_from", 0.5))),
            fitted_on=str(document.get("fitted_on", "")),
        )

    def to_toml(self) -> str:
        """The file's text."""
        lines = [
            "# Weights of the linker, fitted by `kg linking train`; see docs/linking.md.",
            f'fitted_on = "{self.fitted_on}"',
            f"temperature = {self.temperature:.3f}",
            f"link_from = {self.link_from:.2f}",
            "",
            "[item]",
            *(f"{name} = {w:.3f}" for name, w in zip(FEATURES, self.item, strict=True)),
            "",
            "[nil]",
            *(f"{name} = {w:.3f}" for name, w in zip(NIL_FEATURES, self.nil, strict=True)),
        ]
        return "\n".join(lines) + "\n"


def _table(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = document.get(name, {})
    return table if isinstance(table, dict) else {}


@functools.cache
def default_weights() -> Weights:
    """The weights that come with the code."""
    text = resources.files("kg.linking").joinpath("weights.toml").read_text(encoding="utf-8")
    return Weights.of(tomllib.loads(text), "kg/linking/weights.toml")


# What the features should weigh before any gold is seen; fitting is pulled towards these.
STARTING = Weights(
    item=tuple(
        {
            "name_match": 2.0,
            "prior": 2.0,
            "share_of_prior": 2.0,
            "kind_fits": 1.5,
            "living_state": 1.0,
            "town_before_province": 0.7,
            "both_languages": 0.7,
            "original_agrees": 1.5,
            "translation_disagrees": 0.5,
            "country_in_focus": 1.5,
            "country_not_named": 0.7,
            "near_on_the_map": 1.5,
            "far_on_the_map": 0.7,
            "like_the_others": 0.5,
            "container_named": 1.0,
            "named_after_its_land": 1.5,
            "before_what_it_holds": 1.5,
            "named_after_another": 0.7,
            "in_the_land_of_the_list": 1.5,
            "near_in_the_list": 2.0,
            "dateline_country": 0.5,
            "of_its_time": 0.8,
            "alive": 2.0,
            "only_candidate": 0.5,
            "long_name": 0.5,
        }[name]
        for name in FEATURES
    ),
    nil=(2.5, 2.0, 4.0, 1.0, 5.0),
    link_from=0.4,
    fitted_on="set by hand",
)
