"""Small hand-made files in the shape of the real ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

COLUMNS = [
    "SRRecordID",
    "ServiceRequestNum",
    "SRType",
    "MethodReceived",
    "CreatedDate",
    "SRStatus",
    "StatusDate",
    "DueDate",
    "CloseDate",
    "Agency",
    "Address",
    "ZipCode",
    "Neighborhood",
    "CouncilDistrict",
    "PoliceDistrict",
    "Latitude",
    "Longitude",
    "DaysOpen",
]
USUAL = {
    "SRRecordID": "x",
    "SRType": "SW-Dirty Alley",
    "MethodReceived": "Phone",
    "CreatedDate": "04/16/2018 09:30:13 AM",
    "SRStatus": "Closed",
    "StatusDate": "04/20/2018 06:25:34 AM",
    "CloseDate": "04/20/2018 06:25:33 AM",
    "Agency": "Solid Waste",
    "Address": "1 INVENTED ST",
    "Neighborhood": "Hollins Market",
    "CouncilDistrict": "9",
    "Latitude": "39.2884",
    "Longitude": "-76.6366",
}


def row(number: int, **changes: str) -> dict[str, str]:
    """A request that closes normally unless `changes` say otherwise."""
    return {**dict.fromkeys(COLUMNS, ""), **USUAL, "ServiceRequestNum": f"18-{number:08d}", **changes}


def content(rows: Iterable[Mapping[str, str]], columns: Iterable[str] = COLUMNS) -> bytes:
    """The rows as the bytes of a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


EVERY_KIND = (
    row(1, CreatedDate="04/16/2018 09:00:00 AM"),
    row(2, CreatedDate="04/16/2018 09:05:00 AM", Latitude="39", Longitude="-77"),
    row(3, CreatedDate="04/16/2018 09:10:00 AM", Latitude="", Longitude="", Neighborhood="", CouncilDistrict="9"),
    row(4, CreatedDate="04/16/2018 09:15:00 AM", SRStatus="Closed (Duplicate)"),
    row(5, CreatedDate="04/16/2018 09:20:00 AM", SRStatus="Closed (Transferred)"),
    row(6, CreatedDate="04/16/2018 09:25:00 AM", SRStatus="New", CloseDate=""),
    row(7, CreatedDate="04/16/2018 09:30:00 AM", SRStatus="Open", CloseDate=""),
    row(8, CreatedDate="04/16/2018 09:35:00 AM", SRStatus="In Progress", CloseDate=""),
    row(
        9,
        CreatedDate="04/16/2018 09:40:00 AM",
        Latitude="39.4120",
        Longitude="-76.6045",
        Neighborhood="",
        CouncilDistrict="",
    ),
    row(10, CreatedDate="04/16/2018 09:45:00 AM", Latitude="39.3024", Longitude="-76.3793"),
)
