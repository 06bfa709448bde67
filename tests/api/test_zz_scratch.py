import time, cProfile, pstats
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from liandong.people.models import User
from tests.api.conftest import report
def test_x(api, world):
    api.post("/cases", report())
    def count(name, call):
        with CaptureQueriesContext(connection) as s:
            r = call()
        print(name, r.status_code, len(s), [q["sql"][:30] for q in s])
        return r
    count("create", lambda: api.post("/cases", report()))
    count("create contact", lambda: api.post("/cases", report(contact={"name":"a","phone":"13812345678"})))
    r=count("create key", lambda: api.post("/cases", report(contact={"name":"a","phone":"13812345678"}), **{"Idempotency-Key":"z"}))
    case=r.json()
    count("replay", lambda: api.post("/cases", report(contact={"name":"a","phone":"13812345678"}), **{"Idempotency-Key":"z"}))
    count("get", lambda: api.get("/cases/"+case["number"]))
    count("timeline", lambda: api.get("/cases/"+case["number"]+"/timeline"))
    count("accept", lambda: api.step(case["number"],"accept",case["version"]))
    count("file", lambda: api.step(case["number"],"file",2))
    count("dispatch", lambda: api.step(case["number"],"dispatch",3))
    count("list", lambda: api.get("/cases"))
    count("list open", lambda: api.get("/cases?is_open=true"))
    c=Client(); c.force_login(User.objects.get(username="town01"), backend="django.contrib.auth.backends.ModelBackend")
    count("session list open", lambda: c.get("/api/v1/cases?is_open=true"))
    prof=cProfile.Profile()
    t=time.perf_counter(); 
    for _ in range(100): api.post("/cases", report())
    print("create ms", (time.perf_counter()-t)*10)
    prof.enable()
    for _ in range(50): api.post("/cases", report())
    prof.disable()
    pstats.Stats(prof).sort_stats("cumtime").print_stats(45)
    t=time.perf_counter(); 
    for _ in range(50): api.get("/cases?limit=50")
    print("list ms", (time.perf_counter()-t)*20)
