"""Trend, status and formula: hand-computed cases, properties, and two judges that somebody else wrote."""

import math

import pymannkendall
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from plein.insight.monitor import rules
from plein.insight.monitor.errors import FormulaRefused

series = st.lists(st.floats(-1000, 1000).map(lambda value: round(value, 2)), min_size=4, max_size=25)
TODAY = 2026.9


class TestPeriods:
    @pytest.mark.parametrize(
        ("period", "at"),
        [
            ("2024", 2024.5),
            ("2024-Q1", 2024.125),
            ("2024-Q4", 2024.875),
            ("2024-01", 2024 + 0.5 / 12),
            ("2024-12", 2024 + 11.5 / 12),
            ("2024-01-01", 2024 + 0.5 / 372),
        ],
    )
    def test_a_period_lies_in_its_middle(self, period: str, at: float) -> None:
        assert rules.moment(period) == pytest.approx(at)

    @pytest.mark.parametrize("period", ["", "24", "2024-13", "2024-00", "2024-Q5", "2024-01-32", "begin 2024"])
    def test_what_is_no_period_is_refused(self, period: str) -> None:
        with pytest.raises(ValueError, match="is not a"):
            rules.moment(period)

    @given(st.integers(1990, 2060), st.integers(1, 12))
    def test_a_month_lies_within_its_quarter_and_year(self, year: int, month: int) -> None:
        at = rules.moment(f"{year}-{month:02}")

        assert abs(at - rules.moment(f"{year}-Q{(month - 1) // 3 + 1}")) < 1 / 8
        assert abs(at - rules.moment(str(year))) < 1 / 2


class TestMannKendall:
    def test_four_rising_values_by_hand(self) -> None:
        # S = 6 pairs that rise; variance = 4*3*13/18 = 8.667; z = 5/2.944 = 1.698; two-sided p = 0.0894.
        s, variance, p = rules.mann_kendall([1, 2, 3, 4])

        assert (s, variance, p) == (6, pytest.approx(8.6667, abs=1e-4), pytest.approx(0.0894, abs=1e-3))

    def test_ties_make_the_variance_smaller_by_hand(self) -> None:
        # 1, 2, 2, 3: S = 5; variance = (4*3*13 - 2*1*9)/18 = 138/18 = 7.667.
        s, variance, _ = rules.mann_kendall([1, 2, 2, 3])

        assert (s, variance) == (5, pytest.approx(7.6667, abs=1e-4))

    def test_equal_values_show_no_order_at_all(self) -> None:
        assert rules.mann_kendall([5, 5, 5, 5, 5]) == (0, 0.0, 1.0)

    @given(series)
    def test_it_agrees_with_pymannkendall(self, values: list[float]) -> None:
        s, variance, p = rules.mann_kendall(values)

        judge = pymannkendall.original_test(values)
        assert (s, variance) == (judge.s, pytest.approx(judge.var_s))
        assert p == pytest.approx(judge.p, abs=1e-9)


class TestTheilSen:
    def test_slopes_by_hand(self) -> None:
        # Values 1, 2, 4 in 2020, 2021, 2023: slopes 1/1, 2/2, 3/3, so the median is 1 although the years are uneven.
        slope, low, high = rules.theil_sen([2020, 2021, 2023], [1, 2, 4], variance=3.6667)

        assert (slope, low, high) == (1.0, 1.0, 1.0)

    def test_one_wild_value_does_not_bend_the_slope(self) -> None:
        slope, _, _ = rules.theil_sen(range(9), [0, 1, 2, 3, 400, 5, 6, 7, 8], variance=92.0)

        assert slope == 1.0

    @given(series)
    def test_it_agrees_with_scipy(self, values: list[float]) -> None:
        times = [2000 + 1.5 * place for place in range(len(values))]
        _, variance, _ = rules.mann_kendall(values)

        slope, low, high = rules.theil_sen(times, values, variance=variance)

        judge = theilslopes(values, times, 0.9)
        assert slope == pytest.approx(judge.slope)
        if variance > 0:
            assert (low, high) == (pytest.approx(judge.low_slope), pytest.approx(judge.high_slope))


class TestJudging:
    def test_a_fall_that_ends_under_the_norm_is_on_track(self) -> None:
        # 20, 19, 18, 17, 16 falls by 1 a year: 2030 gives 16 - 6 = 10, and at most 12 is wanted.
        points = {str(2020 + step): 20.0 - step for step in range(5)}

        standing = rules.judge(points, norms={2030: 12.0}, direction="down", today=TODAY)

        assert (standing.status, standing.reason, standing.sure) == ("on_track", "heading_there", True)
        assert standing.expected == pytest.approx(10.0)

    def test_a_fall_that_is_too_slow_is_behind(self) -> None:
        points = {str(2020 + step): 20.0 - step for step in range(5)}

        standing = rules.judge(points, norms={2030: 8.0}, direction="down", today=TODAY)

        assert (standing.status, standing.reason, standing.expected) == ("behind", "too_slow", pytest.approx(10.0))

    def test_crime_in_amsterdam_has_no_clear_trend_by_hand(self) -> None:
        # CBS 47022NED, GM0363: S = 4+3+0-1 = 6, variance 16.667, z = 5/4.082 = 1.225, p = 0.221: not clear,
        # so the median of the last three (81,216) is expected to stay.
        points = {"2021": 64192.0, "2022": 76403.0, "2023": 81216.0, "2024": 82331.0, "2025": 80016.0}

        standing = rules.judge(points, norms={2030: 64192.0}, direction="down", today=TODAY)

        assert standing.trend is not None
        assert standing.trend.p == pytest.approx(0.2207, abs=1e-3)
        assert (standing.status, standing.reason, standing.expected) == ("behind", "steady_short", 81216.0)

    def test_a_norm_in_force_is_compared_with_the_newest_value(self) -> None:
        standing = rules.judge({"2024": 9.0}, norms={2015: 25.0, 2020: 10.0}, direction="down", today=TODAY)

        assert (standing.status, standing.reason, standing.norm) == ("on_track", "reached", rules.Norm(2020, 10.0))

    @pytest.mark.parametrize(
        ("points", "norms", "reason"),
        [
            ({}, {2030: 1.0}, "no_values"),
            ({"2024": 3.0}, {}, "no_norm"),
            ({"2022": 3.0, "2023": 3.0, "2024": 3.0}, {2030: 1.0}, "few"),
            ({"2024-01": 3.0, "2024-02": 3.0, "2024-03": 3.0, "2024-04": 3.0}, {2030: 1.0}, "short"),
            ({str(year): 3.0 for year in range(2010, 2020)}, {2030: 1.0}, "old"),
            ({"2016": 3.0}, {2015: 1.0}, "old"),
        ],
    )
    def test_too_little_to_judge_is_unknown_with_its_reason(
        self, points: dict[str, float], norms: dict[int, float], reason: str
    ) -> None:
        standing = rules.judge(points, norms=norms, direction="down", today=TODAY)

        assert (standing.status, standing.reason) == ("unknown", reason)

    @given(series, st.floats(-500, 500))
    def test_up_and_down_are_mirror_images(self, values: list[float], wanted: float) -> None:
        years = [str(2026 - len(values) + place) for place in range(len(values))]
        upright = dict(zip(years, values, strict=True))
        mirrored = {year: -value for year, value in upright.items()}

        up = rules.judge(upright, norms={2032: wanted}, direction="up", today=TODAY)
        down = rules.judge(mirrored, norms={2032: -wanted}, direction="down", today=TODAY)

        assert up.status == down.status

    @given(series, st.floats(-500, 500), st.floats(0, 500))
    def test_a_stricter_norm_is_never_easier_to_reach(self, values: list[float], wanted: float, more: float) -> None:
        points = {str(2026 - len(values) + place): value for place, value in enumerate(values)}

        loose = rules.judge(points, norms={2032: wanted}, direction="up", today=TODAY)
        strict = rules.judge(points, norms={2032: wanted + more}, direction="up", today=TODAY)

        assert not (strict.status == "on_track" and loose.status == "behind")

    def test_the_norm_of_the_start_is_the_first_value(self) -> None:
        points = {"2020": 5.0, "2024": 7.0}

        assert rules.norms_from_start(points, years=[2020, 2026, 2030]) == {2026: 5.0, 2030: 5.0}


class TestFormulas:
    def test_products_are_read_from_the_formula(self) -> None:
        formula = "WITH a AS (SELECT * FROM monitor__areas) SELECT a.code FROM a JOIN monitor__crime USING (code)"

        assert rules.products_of(formula) == ["monitor.areas", "monitor.crime"]

    @pytest.mark.parametrize(
        "formula",
        [
            "DELETE FROM monitor__areas",
            "SELECT 1; SELECT 2",
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM other.monitor__areas",
            "SELECT 1 AS value",
            "SELEC * FROM monitor__areas",
            "SELECT * FROM passwords",
            "",
        ],
    )
    def test_anything_but_one_select_over_products_is_refused(self, formula: str) -> None:
        with pytest.raises(FormulaRefused):
            rules.products_of(formula)


class TestOutcomes:
    def test_rows_are_read_and_empty_values_left_out(self) -> None:
        rows = rules.read_rows({"area": ["GM0363", "GM0014"], "period": ["2024", "2024"], "value": [1, None]})

        assert rows == [rules.Row("GM0363", "2024", "", 1.0, None)]

    @pytest.mark.parametrize(
        "columns",
        [
            {"area": ["GM0363"], "value": [1]},
            {"area": ["GM0363"], "period": ["2024"], "value": [1], "colour": ["red"]},
            {"area": ["Amsterdam"], "period": ["2024"], "value": [1]},
            {"area": ["GM0363"], "period": ["last year"], "value": [1]},
            {"area": ["GM0363"], "period": ["2024"], "value": ["many"]},
            {"area": ["GM0363"], "period": ["2024"], "value": [math.inf]},
            {"area": ["GM0363", "GM0363"], "period": ["2024", "2024"], "value": [1, 2]},
        ],
    )
    def test_an_outcome_that_is_no_values_is_refused_in_words(self, columns: dict[str, list[object]]) -> None:
        with pytest.raises(FormulaRefused):
            rules.read_rows(columns)

    def test_equal_outcomes_have_equal_fingerprints_in_any_order(self) -> None:
        rows = [rules.Row("GM0363", "2024", "", 1.0, 3), rules.Row("GM0014", "2024", "", 2.0, None)]

        assert rules.change_checksum(rows) == rules.change_checksum(rows[::-1])
        assert rules.change_checksum(rows) != rules.change_checksum(rows[:1])

    def test_stones_count_what_is_known(self) -> None:
        assert rules.stones(["on_track", "behind", "unknown", "on_track"]) == (2, 3)

    def test_map_classes_follow_the_order_of_values_and_not_one_extreme(self) -> None:
        values = [float(value) for value in range(1, 101)] + [11_400.0]

        assert rules.class_borders(values) == [21.0, 41.0, 61.0, 81.0]

    @given(st.lists(st.floats(-1e6, 1e6), max_size=60))
    def test_map_classes_ascend_and_lie_within_the_values(self, values: list[float]) -> None:
        borders = rules.class_borders(values)

        assert borders == sorted(set(borders))
        assert all(min(values) < border <= max(values) for border in borders)
