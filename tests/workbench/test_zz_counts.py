import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.workbench.conftest import *
def test_counts(signed_in, world, monkeypatch, capsys):
    monkeypatch.setattr("liandong.web.remembered._LOOK_AGAIN_SECONDS", 3600)
    case=world.received(); world.filed(); world.handled(); world.report()
    for who,url in [("operator","/desk/"),("operator","/desk/intake/"),("operator","/desk/intake/advice/?class_code=M06010&lon=121.405&lat=31.01"),("lin","/desk/dispatch/"),("bureau002","/desk/inbox/"),("bureau002",f"/desk/cases/{case.number}/"),("supervisor","/desk/late/"),("verifier","/desk/verify/"),("operator","/desk/cases/?open=yes"),("lin","/desk/map/cases.json?queue=dispatch"),("lin","/desk/map/areas.json?level=grid")]:
        c=signed_in(who); c.get(url)
        with CaptureQueriesContext(connection) as q: c.get(url)
        with capsys.disabled(): print(len(q), who, url)
