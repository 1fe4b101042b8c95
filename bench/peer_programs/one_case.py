"""The stay that is explained: level three, registered, 10,800 of 12,000 yuan in the catalogue."""

CASE = {
    "kind": "inpatient",
    "hospital_level": 3,
    "outside_league": False,
    "bill": 1_200_000,
    "catalogue": 1_080_000,
    "registered": True,
    "serious": False,
}
TIMES = 200
