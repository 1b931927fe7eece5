"""Controls a mock as a client of MockServer does, and prints what it answers: control_mock.py ADDRESS"""

import json
import sys
import urllib.error
import urllib.request

address = sys.argv[1]


def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    return status, text


def put(command, body=None):
    return ask("PUT", f"/mockserver/{command}", body)


def show(name, answer):
    print(name, answer[0])


data = {"method": "GET", "path": "/data"}
show("status", put("status"))
show("before", ask("GET", "/data"))
show("expectation", put("expectation", [
    {"httpRequest": data, "httpResponse": {"body": "first"}, "times": {"remainingTimes": 1}},
    {"id": "second", "httpRequest": data, "httpResponse": {"statusCode": 203, "body": {"page": 2}}},
]))
print("answers", ask("GET", "/data"), ask("GET", "/data?x=1"))
show("twice", put("verify", {"httpRequest": data, "times": {"atLeast": 3, "atMost": 3}}))
show("too often", put("verify", {"httpRequest": data, "times": {"atMost": 2}}))
show("in this order", put("verifySequence", {"httpRequests": [data, {"path": "/data", "queryStringParameters": {"x": ["1"]}}]}))
show("in another order", put("verifySequence", {"httpRequests": [{"queryStringParameters": {"x": ["1"]}}, data]}))
print("requests", [request.get("queryStringParameters") for request in json.loads(put("retrieve", data)[1])])
print("active", [one["id"] for one in json.loads(put("retrieve?type=ACTIVE_EXPECTATIONS")[1])])
print("wrong", put("expectation", {"httpRequest": data, "httpRespons": {}}))
show("clear", put("clear", {"path": "/data"}))
show("after", ask("GET", "/data"))
show("reset", put("reset"))
print("none", put("retrieve"))
