"""Corruption: what is done to images before a denoising autoencoder sees them.

    corruption = Corruption("gaussian", 0.3)
    corrupted = corruption.apply(clean, (28, 28), generator(0, CORRUPTION))
    str(corruption)  # "Gaussian 0.30"

The kinds are those of Vincent et al.: masking in Extracting and composing robust features with
denoising autoencoders, 2008; salt-and-pepper and Gaussian noise too in Stacked denoising
autoencoders, JMLR 11, 2010. A missing square is as in Pathak et al., Context encoders, 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from convnet.compute import NumPy
from convnet.errors import ConvNetError
from convnet.fields import Fields, is_number, shown


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of corruption, and how strong it may be.

    Attributes:
        label: what people call it.
        unit: of its strength: "%" where that is a share, from 0 to 1; "px" for pixels; "" for none.
        most: the greatest strength: beyond, there is little left to learn from.
        step: by how much a slider changes it.
        default: its strength where nobody says otherwise.
    """

    label: str
    unit: str = ""
    most: float = 0.0
    step: float = 0.05
    default: float = 0.0

    def check(self, strength: object, what: str = "The noise") -> None:
        """Raises ConvNetError unless images can be corrupted so strongly.

        Args:
            strength: from 0 to `most`; in whole pixels.
            what: what messages call it.
        """
        if not is_number(strength) or not 0 <= strength <= self.most:
            limits = f"from 0 to {self.most:g}" if self.most else "0"
            raise ConvNetError(f"{what} must be {limits}, but it is {shown(strength)}.")
        if self.unit == "px" and strength != int(strength):
            raise ConvNetError(f"{what} must be whole pixels, but it is {shown(strength)}.")


KINDS = MappingProxyType(
    {
        "none": Kind("None"),
        "masking": Kind("Masking", "%", most=0.9, default=0.1),
        "salt_and_pepper": Kind("Salt and pepper", "%", most=0.9, default=0.2),
        "gaussian": Kind("Gaussian", most=1.0, default=0.3),
        "square": Kind("Square", "px", most=20.0, step=1.0, default=8.0),
    }
)
"""All kinds by the names under which they are kept: nothing; some pixels black; some black and as
many white; normally distributed noise of a standard deviation added to all; a black square, whole
in each image, at any place."""


@dataclass(frozen=True, slots=True)
class Corruption:
    """How images are corrupted.

    Attributes:
        kind: of `KINDS`.
        strength: in its unit.

    Raises:
        ConvNetError: there is no such kind, or it cannot be so strong.
    """

    kind: str
    strength: float

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            known = ", ".join(KINDS)
            raise ConvNetError(
                f"The corruption must be one of {known}, but it is {shown(self.kind)}."
            )
        KINDS[self.kind].check(self.strength)

    def __str__(self) -> str:
        """As people read it: "10%" for masking, "Gaussian 0.30", or "none"."""
        if self.kind in ("masking", "none"):
            return self.amount
        return f"{KINDS[self.kind].label} {self.amount}"

    @property
    def amount(self) -> str:
        """Its strength as people read it: "10%", "0.30", "8 px", or "none"."""
        if self.kind == "none":
            return self.kind
        unit = KINDS[self.kind].unit
        if unit == "%":
            return f"{self.strength:.0%}"
        return f"{self.strength:g} px" if unit else f"{self.strength:.2f}"

    @property
    def masked(self) -> int:
        """How many of 256 pixels masking blackens; other kinds blacken none in this way."""
        return round(256 * self.strength) if self.kind == "masking" else 0

    def apply(
        self,
        clean: np.ndarray,
        shape: tuple[int, int],
        random: np.random.Generator,
        operations: NumPy | None = None,
    ) -> np.ndarray:
        """Corrupted copies of images.

        Args:
            clean: pixels from 0 to 1, float32 (n, pixels).
            shape: height and width of an image.
            random: chooses what happens to which pixel: one number is drawn, and all follows.
            operations: what computes; None is NumPy.

        Returns:
            float32 (n, pixels).
        """
        corrupted = clean.copy()
        self.corrupt(corrupted, shape, draw_seed(random), operations or NumPy())
        return corrupted

    def corrupt(
        self, pixels: np.ndarray, shape: tuple[int, int], seed: int, operations: NumPy
    ) -> None:
        """Corrupts images where they are.

        Args:
            pixels: from 0 to 1, float32 (n, pixels), overwritten.
            shape: height and width of an image.
            seed: settles what happens to which pixel, 0 to 2^32 - 1.
            operations: what computes.
        """
        if self.masked:
            operations.mask(pixels, seed, self.masked)
        elif self.kind == "salt_and_pepper":
            operations.salt_and_pepper(pixels, seed, round(2**31 * self.strength))
        elif self.kind == "gaussian":
            operations.add_normal(pixels, seed, self.strength)
        elif self.kind == "square":
            side = min(int(self.strength), *shape)
            operations.black_out_squares(pixels.reshape(-1, *shape), seed, side)

    def to_json(self) -> dict[str, object]:
        """The fields of a snapshot's session that tell it."""
        return {"corruption": self.kind, "noise": self.strength}

    @classmethod
    def from_json(cls, session: Fields, default: Corruption) -> Corruption:
        """What a snapshot's session tells; without a kind, as it was when there was one, masking.

        Args:
            session: the fields.
            default: where it tells nothing.

        Raises:
            ConvNetError: that cannot be.
        """
        if "noise" not in session:
            return default
        kind = session.choice("corruption", KINDS, default="masking")
        strength = session.number("noise", 0, KINDS[kind].most)
        if KINDS[kind].unit == "px":
            strength = session.whole("noise", 0, int(KINDS[kind].most))
        return cls(kind, float(strength))


def draw_seed(random: np.random.Generator) -> int:
    """What settles the corruption of a minibatch."""
    return int(random.integers(2**32))


NO_CORRUPTION = Corruption("none", 0.0)
"""What a classifier's images suffer where nobody says otherwise."""

MASKING = Corruption("masking", KINDS["masking"].default)
"""What an autoencoder's suffer."""
