"""Marks in a closed file: styles that carry a mark, and the way back to the styles before."""

from shikaku.ooxml.styles import Styles
from shikaku.workbook import mark_colours


class Marking:
    """Marks and unmarks styles (indexes in ``cellXfs``); ``marks`` says how a mark is made.

    names: the workbook's names with their formulas, which keep the fills under older marks.
    """

    def __init__(self, styles: Styles, names: dict[str, str]):
        self.styles = styles
        self.underneath = mark_colours.Underneath()
        self._kept = mark_colours.kept(names)
        self._marked: dict[tuple[int, str], int | None] = {}

    def marks(self) -> dict[int, int]:
        """Every style that carries a mark → the style without it."""
        codes = {style: self._code(style) for style in range(self.styles.count())}
        marked = [style for style, code in codes.items() if code is not None]
        return {style: self.unmarked(style) for style in marked}

    def _code(self, style: int) -> int | None:
        colour = self.styles.solid_colour(style)
        return mark_colours.code_of(colour) if colour else None

    def unmarked(self, style: int) -> int:
        """The style as it was before it was marked; itself when it carries no mark.

        When what was underneath got lost (the cell came from another workbook), no fill.
        """
        code = self._code(style)
        if code is None:
            return style
        return self.styles.with_fill(style, self._kept.get(code))

    def marked(self, style: int, severity: str) -> int | None:
        """The style with a mark; None when its own fill couldn't be brought back later."""
        if (style, severity) not in self._marked:
            self._marked[style, severity] = self._with_mark(style, severity)
        return self._marked[style, severity]

    def _with_mark(self, style: int, severity: str) -> int | None:
        code = self.underneath.code(self.styles.fill(style))
        if code is None:
            return None
        rgb = mark_colours.colour(severity, code)
        return self.styles.with_fill(
            style,
            f"<fill><patternFill patternType='solid'><fgColor rgb='FF{rgb}'/>"
            "<bgColor indexed='64'/></patternFill></fill>",
        )
