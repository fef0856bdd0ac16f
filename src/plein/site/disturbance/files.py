"""Files for `plein load`, made up in the formats of real sources: the border of one town and the weather over it."""

import json
import random
from datetime import date, timedelta
from pathlib import Path

GEMEENTE = "GM9998"
STATION = "348"
DAYS = 1_500
HOURS = 24 * 20


def make(folder: Path) -> None:
    """Write the files into a new folder; the same each time."""
    folder.mkdir(parents=True)
    chance = random.Random(9998)  # noqa: S311 (made-up weather)
    ring = [[4.8, 51.9], [5.1, 51.9], [5.1, 52.05], [4.8, 52.05], [4.8, 51.9]]
    facts = {"gm_code": GEMEENTE, "gm_name": "Verstoorstad"}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    border = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": facts, "geometry": geometry}]}
    (folder / "gemeenten.geojson").write_text(json.dumps(border), encoding="utf-8")
    (folder / "days.csv").write_text(_days(chance), encoding="utf-8")
    (folder / "hours.csv").write_text(_hours(chance), encoding="utf-8")


def _days(chance: random.Random) -> str:
    lines = ["STN,YYYYMMDD,DDVEC,FG,FXX,TG,TN,TX,SQ,DR,RH,PG,UG"]
    for number in range(DAYS):
        day = date(2020, 1, 1) + timedelta(days=number)
        mean = chance.randint(-50, 250)
        lines.append(
            f"{STATION},{day:%Y%m%d},{chance.randint(1, 360)},{chance.randint(5, 90)},{chance.randint(90, 200)},{mean},"
            f"{mean - 40},{mean + 45},{chance.randint(0, 90)},{chance.randint(0, 40)},{chance.randint(0, 150)},10130,80"
        )
    return "\n".join(lines) + "\n"


def _hours(chance: random.Random) -> str:
    lines = ["station_number,wd,ws,temp,rh,date,station_code"]
    for number in range(HOURS):
        day = date(2020, 2, 1) + timedelta(days=number // 24)
        weather = f"{chance.randint(1, 360)},{chance.randint(0, 15)},{chance.randint(-5, 20)},{chance.randint(40, 100)}"
        lines.append(f"{STATION},{weather},{day} {number % 24:02}:00:00,KNMI{STATION}")
    return "\n".join(lines) + "\n"
