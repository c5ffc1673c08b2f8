"""A table whose rows are read when somebody asks for them: those of a sheet that we fill, which most jobs
write anew without looking at what stood there."""

from collections.abc import Callable

from shikaku.model.tables import Row, Table


class LateTable(Table):
    """A table but for its rows, and where these come from."""

    __slots__ = ("_later", "_rows")

    @classmethod
    def of(cls, table: Table, read: Callable[[], list[Row]]) -> "LateTable":
        """What is known of a table. read: gives its rows; it can't fail."""
        late = cls(
            table.spec,
            table.header_row,
            table.columns,
            [],
            table.last_row,
            table.merged,
            table.duplicate_columns,
            table.unknown_labels,
            table.computed,
        )
        late._later = read
        return late

    @property
    def rows(self) -> list[Row]:
        """The rows."""
        if self._later is not None:
            self.rows = self._later()
        return self._rows

    @rows.setter
    def rows(self, rows: list[Row]) -> None:
        self._later: Callable[[], list[Row]] | None = None
        self._rows = rows
