"""Makes what a person would make in the console, through the API that the console uses.

POST a list of calls, `{"endpoint", "region", "key", "service", "operation", "input"}`; the answer
is the list of what they returned, or status 500 and why one of them did not. A text in an input
that begins with `base64:` is sent as bytes, and one that begins with `zip:` as an archive with
one file of that text.
"""

import base64
import io
import json
import threading
import traceback
import zipfile
from datetime import datetime

import botocore.session
from botocore.config import Config


class Maker:
    def __init__(self):
        self.session = botocore.session.get_session()
        self.clients = {}
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        try:
            calls = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            status, said = "200 OK", json.dumps([self.make(call) for call in calls], default=text)
        except Exception:
            status, said = "500 Not made", traceback.format_exc()
        said = said.encode()
        start_response(status, [("Content-Length", str(len(said)))])
        return [said]

    def make(self, call):
        client = self.client(call["service"], call["endpoint"], call["region"], call["key"])
        said = client._make_api_call(call["operation"], bytes_in(call["input"]))
        said.pop("ResponseMetadata", None)
        return {k: v.read() if hasattr(v, "read") else v for k, v in said.items()}

    def client(self, service, endpoint, region, key):
        with self.lock:
            name = (service, endpoint, region, key)
            if name not in self.clients:
                self.clients[name] = self.session.create_client(
                    service,
                    region_name=region,
                    endpoint_url=endpoint,
                    aws_access_key_id=key,
                    aws_secret_access_key="made-by-tests",
                    config=Config(
                        retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
                    ),
                )
            return self.clients[name]


def bytes_in(value):
    if isinstance(value, dict):
        return {key: bytes_in(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [bytes_in(inner) for inner in value]
    if isinstance(value, str) and value.startswith("base64:"):
        return base64.b64decode(value[len("base64:") :])
    if isinstance(value, str) and value.startswith("zip:"):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as made:
            made.writestr(zipfile.ZipInfo("index.py"), value[len("zip:") :])
        return archive.getvalue()
    return value


def text(value):
    if isinstance(value, datetime):
        return value.timestamp()
    return value.decode() if isinstance(value, bytes) else str(value)
