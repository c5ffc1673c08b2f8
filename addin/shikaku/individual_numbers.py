"""個人番号 in a DataFrame: a type of its own, shown as asterisks wherever pandas or Python shows it.

A number gets out only where a program asks for it by name (``reveal``): printing a frame, a repr, a
traceback, ``to_csv``, ``to_json`` and a group's key all show the mask (番号法12条).
"""

import builtins
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype, register_extension_dtype

MASK = "*" * 12


class IndividualNumber:
    """One number as it was typed. Equal numbers are equal and hash alike."""

    __slots__ = ("_digits",)

    def __init__(self, digits: str):
        self._digits = digits

    def reveal(self) -> str:
        """The number."""
        return self._digits

    def __repr__(self) -> str:
        return MASK

    def __str__(self) -> str:
        return MASK

    def __format__(self, _spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IndividualNumber) and self._digits == other._digits

    def __lt__(self, other: "IndividualNumber") -> bool:
        return self._digits < other._digits

    def __hash__(self) -> int:
        return hash(self._digits)


@register_extension_dtype
class IndividualNumberDtype(ExtensionDtype):
    """``individual_number``."""

    name = "individual_number"
    type = IndividualNumber
    kind = "O"
    na_value = pd.NA

    @classmethod
    def construct_array_type(cls) -> "builtins.type[IndividualNumberArray]":
        """The array of this type."""
        return IndividualNumberArray


class IndividualNumberArray(ExtensionArray):
    """A column of numbers; blanks are ``pd.NA``."""

    def __init__(self, values: "np.ndarray[Any, Any]"):
        self._values = values

    @classmethod
    def of(cls, texts: Sequence[str]) -> "IndividualNumberArray":
        """The array of texts; "" is a blank."""
        return cls._from_sequence([IndividualNumber(text) if text else pd.NA for text in texts])

    def reveal(self) -> "pd.api.extensions.ExtensionArray":
        """The numbers as a ``string`` array: from here on they can be seen."""
        texts = [value.reveal() if value is not pd.NA else pd.NA for value in self._values]
        return pd.array(texts, dtype="string")

    @classmethod
    def _from_sequence(
        cls, scalars: Any, *, dtype: Any = None, copy: bool = False
    ) -> "IndividualNumberArray":
        values = np.empty(len(scalars), dtype=object)
        for place, value in enumerate(scalars):
            known = isinstance(value, IndividualNumber)
            if not known and not pd.isna(value):
                value = IndividualNumber(str(value))
            values[place] = value if isinstance(value, IndividualNumber) else pd.NA
        return cls(values)

    @classmethod
    def _from_factorized(cls, values: Any, original: Any) -> "IndividualNumberArray":
        return cls._from_sequence(values)

    @classmethod
    def _concat_same_type(
        cls, to_concat: "Sequence[IndividualNumberArray]"
    ) -> "IndividualNumberArray":
        return cls(np.concatenate([array._values for array in to_concat]))

    @property
    def dtype(self) -> IndividualNumberDtype:
        """``individual_number``."""
        return IndividualNumberDtype()

    @property
    def nbytes(self) -> int:
        """Bytes of the array itself."""
        return int(self._values.nbytes)

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, item: Any) -> Any:
        item = pd.api.indexers.check_array_indexer(self, item)
        found = self._values[item]
        return type(self)(found) if isinstance(found, np.ndarray) else found

    def __eq__(self, other: object) -> Any:
        if isinstance(other, pd.Series | pd.Index | pd.DataFrame):
            return NotImplemented  # theirs to align
        if isinstance(other, str):  # a number that the program has anyway
            other = IndividualNumber(other)
        several = isinstance(other, Sequence | np.ndarray | ExtensionArray)
        others: list[object] = list(other) if several else [other] * len(self)  # type: ignore[call-overload]
        if len(others) != len(self):
            raise ValueError("Lengths must match")
        pairs = zip(self._values, others, strict=True)
        return np.array([one is not pd.NA and one == two for one, two in pairs], dtype=bool)

    def isna(self) -> "np.ndarray[Any, Any]":
        """Where no number stands."""
        return np.array([value is pd.NA for value in self._values], dtype=bool)

    def take(
        self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None
    ) -> "IndividualNumberArray":
        """Elements by place."""
        fill = pd.NA if fill_value is None else fill_value
        found = pd.api.extensions.take(
            self._values, indices, allow_fill=allow_fill, fill_value=fill
        )
        return type(self)(np.asarray(found))

    def copy(self) -> "IndividualNumberArray":
        """A copy."""
        return type(self)(self._values.copy())
