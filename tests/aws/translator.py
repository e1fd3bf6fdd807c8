"""Smithy RPC v2 CBOR in front of moto, which knows no CBOR.

The AWS SDK speaks it to CloudWatch and has no switch. A call is turned into the JSON protocol
that the same service has, which moto does know, and its answer back again, by botocore's own
model of the service. What is not such a call goes through untouched.
"""

import ast
import base64
import gzip
import io
import json
import operator
import re
from datetime import datetime, timezone

import botocore.session
import cbor2
from botocore.utils import parse_timestamp

CALL = re.compile(r"^/service/([A-Za-z0-9_]+)/operation/([A-Za-z0-9_]+)$")
SERVICES = {"GraniteServiceVersion20100801": "cloudwatch"}


class Translator:
    def __init__(self, app):
        self.app = app
        session = botocore.session.get_session()
        self.models = {
            target: session.get_service_model(name) for target, name in SERVICES.items()
        }

    def __call__(self, environ, start_response):
        call = CALL.match(environ.get("PATH_INFO", ""))
        if call is None or call.group(1) not in self.models:
            return self.app(environ, start_response)
        target, operation = call.groups()
        told = {}
        status, headers, body = self.ask(environ, target, operation, told)
        # moto calls its JSON now this, now that. Only a page for people is left as it is.
        if not body.lstrip().startswith(b"<"):
            body = self.translated(status, body, target, operation, told["queries"])
            kept = [(k, v) for k, v in headers if k.lower().startswith("x-amz")]
            headers = kept + [
                ("Content-Type", "application/cbor"),
                ("Content-Length", str(len(body))),
                ("smithy-protocol", "rpc-v2-cbor"),
            ]
        start_response(status, headers)
        return [body]

    def ask(self, environ, target, operation, told):
        size = int(environ.get("CONTENT_LENGTH") or 0)
        sent = environ["wsgi.input"].read(size)
        if environ.pop("HTTP_CONTENT_ENCODING", "") == "gzip":
            sent = gzip.decompress(sent)
        asked = plain(cbor2.loads(sent) if sent else {})
        told["queries"] = [dict(query) for query in asked.get("MetricDataQueries", [])]
        for query in asked.get("MetricDataQueries", []):
            # What an expression is over: asked for here, and taken out again below.
            query["ReturnData"] = True
            # moto knows no percentiles, and fails. The maximum is above all of them.
            stat = query.get("MetricStat", {})
            if re.fullmatch(r"p\d+(\.\d+)?", stat.get("Stat", "")):
                stat["Stat"] = "Maximum"
        asked = json.dumps(asked).encode()
        for name in ("HTTP_SMITHY_PROTOCOL", "HTTP_ACCEPT"):
            environ.pop(name, None)
        environ.update(
            {
                "PATH_INFO": "/",
                "REQUEST_URI": "/",
                "RAW_URI": "/",
                "CONTENT_TYPE": "application/x-amz-json-1.0",
                "CONTENT_LENGTH": str(len(asked)),
                "HTTP_X_AMZ_TARGET": f"{target}.{operation}",
                "wsgi.input": io.BytesIO(asked),
            }
        )

        def start(status, headers, exc_info=None):
            told.update(status=status, headers=headers)

        body = b"".join(self.app(environ, start))
        return told["status"], told["headers"], body

    def translated(self, status, body, target, operation, queries):
        said = json.loads(body or b"{}")
        if not status.startswith("2"):
            # The error's shape keeps its name; its query-compatible code is in a header of moto's.
            return cbor2.dumps({k: v for k, v in said.items() if v is not None})
        if queries:
            said["MetricDataResults"] = calculated(queries, said.get("MetricDataResults", []))
        shape = self.models[target].operation_model(operation).output_shape
        return cbor2.dumps(shaped(said, shape) if shape is not None else {})


def calculated(queries, results):
    """What moto leaves out: it has no metric math, and answers an expression with no values. Here
    are the four operations and FILL, for each time at which one of the metrics has a value."""
    expressions = {q["Id"]: q["Expression"] for q in queries if q.get("Expression")}
    hidden = {q["Id"] for q in queries if q.get("ReturnData") is False}
    series = {
        r["Id"]: dict(zip(r["Timestamps"], r["Values"]))
        for r in results
        if r["Id"] not in expressions
    }
    times = sorted({at for one in series.values() for at in one}, reverse=True)
    for result in results:
        if result["Id"] not in expressions:
            continue
        tree = ast.parse(expressions[result["Id"]], mode="eval").body
        points = [(at, value(tree, series, at)) for at in times]
        points = [(at, value) for at, value in points if value is not None]
        result["Timestamps"] = [at for at, _ in points]
        result["Values"] = [value for _, value in points]
    return [result for result in results if result["Id"] not in hidden]


OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: left / right if right else None,
}


def value(tree, series, at):
    """None where a metric has none at this time."""
    if isinstance(tree, ast.Constant):
        return tree.value
    if isinstance(tree, ast.Name):
        return series[tree.id].get(at)
    if isinstance(tree, ast.Call) and tree.func.id == "FILL":
        found = value(tree.args[0], series, at)
        return value(tree.args[1], series, at) if found is None else found
    left, right = value(tree.left, series, at), value(tree.right, series, at)
    if left is None or right is None:
        return None
    return OPERATIONS[type(tree.op)](left, right)


def plain(value):
    """CBOR's values as the JSON protocol writes them."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def shaped(value, shape):
    """A JSON value with the types of its model: a strict reader takes no whole number for a
    fraction, and no text for a time."""
    kind = shape.type_name
    if kind == "structure":
        known = {name: (value.get(name), inner) for name, inner in shape.members.items()}
        return {n: shaped(v, inner) for n, (v, inner) in known.items() if v is not None}
    if kind == "list":
        return [shaped(inner, shape.member) for inner in value if inner is not None]
    if kind == "map":
        return {k: shaped(v, shape.value) for k, v in value.items() if v is not None}
    if kind == "timestamp":
        when = parse_timestamp(value)
        if when.tzinfo is None:
            when = when.replace(tzinfo=timezone.utc)
        return cbor2.CBORTag(1, when.timestamp())
    if kind in ("double", "float"):
        return float(value)
    if kind in ("integer", "long"):
        return int(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind == "blob":
        return base64.b64decode(value)
    return str(value)
