"""Makes services.bin: what a caller of read-only operations must know of each AWS service.

    python3 -m venv venv && venv/bin/pip install botocore==1.44.5
    venv/bin/python src/check/cloud/model/generate.py

It reads botocore's service models, their pages and their endpoint rules, and keeps of them only
names, places and types that writing a request and reading its answer need: no documentation, no
error shapes, no operation that changes anything. The file's layout is described in `file.rs`,
the meaning of the letters in `service.rs`.
"""

import json
import pathlib
import re
import sys
import zlib

import botocore
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import Loader

PINNED = "1.44.5"

# An operation looks if its name begins so.
LOOKS = re.compile(
    "(Describe|Get|List|Search|Simulate|Filter|Lookup|Query|Scan|Select|Head|Check|Validate|View"
    "|Test|Count|BatchGet|BatchDescribe)(?![a-z])"
)

# These answer with what opens doors: passwords, tokens, keys, addresses that are signed.
SECRET = re.compile(
    "Get.*(SecretValue|Credentials?|CredentialsForIdentity|AuthToken|AuthorizationToken"
    "|AccessToken|FederationToken|SessionToken|WebIdentityToken|IdToken|OpenIdToken"
    "|OpenIdTokenForDeveloperIdentity|TokensFromRefreshToken|ClientToken|DerivedToken"
    "|Oauth2Token|PaymentToken|WorkloadAccessToken\\w*|Password|PasswordData|MasterUserPassword"
    "|PresignedURL|EmbedUrl|UploadUrl|UploadURL|DownloadUrl\\w*|StreamUrl|StreamingSessionURL"
    "|DashboardUrl|LoginUrl|AuthenticationUrl|ArtifactUrl|ArtifactsUrl|LogUrl|SignedBluinsightsUrl"
    "|DepotUrl|ReportUrl|ResourceApiKey|DecryptedAPIKey|StreamKey|ComputeAccess|InstanceAccess"
    "|InstanceAccessDetails|DataAccess|SessionEndpoint|JobDetails|CredentialsForOrganization"
    "|SpaceCredentialsForOrganization|ParametersForImport|ParametersForExport|RandomPassword)"
)
SECRETS = {
    "amplifybackend.GetToken",
    "appsync.ListApiKeys",
    "chime-sdk-meetings.GetAttendee",
    "chime-sdk-meetings.ListAttendees",
    "cognito-idp.ListUserPoolClientSecrets",
    "ec2.GetVpnConnectionDeviceSampleConfiguration",
    "gameliftstreams.ListStreamUrls",
    "lakeformation.GetTemporaryDataLocationCredentials",
    "lakeformation.GetTemporaryGlueFunctionCredentials",
    "lakeformation.GetTemporaryGluePartitionCredentials",
    "lakeformation.GetTemporaryGlueTableCredentials",
    "location.DescribeKey",
    "storagegateway.DescribeChapCredentials",
}
# Names that only look like it.
HARMLESS = {"iam.GetCredentialReport", "iot-managed-integrations.GetCredentialLocker"}

# These do something, whatever their name says: they take, start, switch or run.
ACTS = {
    "cognito-identity.GetId",
    "endusermessaging.ValidateNotifyCodeVerification",
    "license-manager.CheckInLicense",
    "stepfunctions.GetActivityTask",
    "timestream-query.Query",
    "waf-regional.GetChangeToken",
    "waf.GetChangeToken",
}
# Of the many tests, these compute an answer and do nothing else.
TESTS = {
    "b2bi.TestConversion",
    "b2bi.TestMapping",
    "b2bi.TestParsing",
    "events.TestEventPattern",
    "iot.TestAuthorization",
    "logs.TestMetricFilter",
    "logs.TestTransformer",
    "macie2.TestCustomDataIdentifier",
    "route53.TestDNSAnswer",
    "ses.TestRenderTemplate",
    "sesv2.TestRenderEmailTemplate",
}

# Tokens of pages that botocore has no entry for.
TOKENS = ("NextToken", "nextToken", "NextPageToken", "nextPageToken", "NextMarker", "Marker")

PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
SUFFIX = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}

NUMBERS = {"integer", "long", "float", "double", "short", "byte", "bigInteger", "bigDecimal"}


class Service:
    """One service, on its way from botocore's form to ours."""

    def __init__(self, name, model, pages):
        self.name, self.model, self.pages = name, model, pages
        self.meta = model["metadata"]
        self.protocol = protocol(self.meta)
        self.is_json = self.protocol in ("json", "rest-json")
        self.encoded, self.places = [], {}

    def shape(self, name):
        return self.model["shapes"][name]

    # Which shapes are worth keeping.

    def matters(self, name, seen=()):
        """Whether a JSON value of this shape is written otherwise than a person would write it."""
        if name in seen:
            return False
        shape, seen = self.shape(name), (*seen, name)
        if shape["type"] == "timestamp":
            return True
        if shape["type"] == "structure":
            return any(
                (self.protocol == "rest-json" and m.get("locationName", k) != k)
                or self.matters(m["shape"], seen)
                for k, m in shape["members"].items()
            )
        return any(self.matters(shape[k]["shape"], seen) for k in ("member", "value") if k in shape)

    # How a shape is written down.

    def timestamp(self, shape, member, place):
        form = member.get("timestampFormat") or shape.get("timestampFormat")
        if not form and place == "header":
            form = "rfc822"
        if not form and (place == "querystring" or not self.is_json):
            form = "iso8601"
        return {"unixTimestamp": "te", "iso8601": "ti", "rfc822": "th", None: "te"}[form]

    def reference(self, member, side, place="body"):
        name = member["shape"]
        shape = self.shape(name)
        kind = shape["type"]
        if kind == "timestamp":
            return self.timestamp(shape, member, place)
        if kind in NUMBERS:
            return "n"
        if kind == "boolean":
            return "b"
        if kind == "blob":
            return "x"
        if kind in ("string", "character"):
            return "s"
        if self.is_json and not self.matters(name) and place == "body":
            return "j"
        return self.place(name, side, flat=member.get("flattened", False))

    def place(self, name, side, top=False, flat=False):
        key = (name, side, top, flat)
        if key not in self.places:
            self.places[key] = len(self.encoded)
            self.encoded.append(None)
            self.encoded[self.places[key]] = self.encode(name, side, top)
            if flat:
                self.encoded[self.places[key]]["f"] = 1
        return self.places[key]

    def encode(self, name, side, top):
        shape = self.shape(name)
        if shape["type"] == "structure":
            members = {}
            for key, member in shape["members"].items():
                kept = self.member(key, member, shape, side, top)
                if kept is not None:
                    members[key] = kept
            return {"m": members}
        if shape["type"] == "list":
            out = {"l": self.reference(shape["member"], side)}
            if shape.get("flattened"):
                out["f"] = 1
            elif not self.is_json and side == "in":
                out["n"] = shape["member"].get("locationName", "member")
            return out
        assert shape["type"] == "map", shape["type"]
        out = {"v": self.reference(shape["value"], side)}
        if not self.is_json:
            out["k"] = [shape[k].get("locationName", k) for k in ("key", "value")]
            if shape.get("flattened"):
                out["f"] = 1
        return out

    def body_name(self, key, member, side):
        """What a member is called in a body."""
        target = self.shape(member["shape"])
        name = member.get("locationName") or target.get("locationName", key)
        if self.protocol == "json":
            return key
        if self.protocol == "ec2" and side == "in":
            first = member.get("locationName", key)
            return member.get("queryName", first[0].upper() + first[1:])
        is_flat = target.get("flattened") or member.get("flattened")
        if not self.is_json and target["type"] == "list" and is_flat:
            return target["member"].get("locationName", name)
        return name

    def member(self, key, member, parent, side, top):
        location = member.get("location") if top else None
        name = member.get("locationName", key)
        marks = []
        if side == "in" and top and key in parent.get("required", ()):
            marks.append("!")
        if location:
            letter = {"uri": "u", "querystring": "q", "header": "h", "headers": "H"}
            marks.append({**letter, "statusCode": "c"}[location] + ("" if name == key else name))
        elif top and parent.get("payload") == key:
            marks.append("p" if name == key else "p" + name)
        elif member.get("xmlAttribute"):
            marks.append("a" + name.split(":")[-1])
        else:
            body = self.body_name(key, member, side)
            if body != key:
                marks.append("n" + body)
        reference = self.reference(member, side, location or "body")
        if reference == "j" and not marks and not (top and side == "in"):
            return None
        if self.is_json and reference in ("s", "n", "b", "x") and not marks:
            if not (top and side == "in"):
                return None
        return [reference, "".join(marks)] if marks else reference

    # The operations.

    def operation(self, name, op):
        out = {}
        http = op["http"]
        if self.protocol.startswith("rest"):
            out["u"] = http["method"] + " " + http["requestUri"]
        prefix = op.get("endpoint", {}).get("hostPrefix")
        if prefix:
            out["h"] = prefix
        given = op.get("input", {}).get("shape")
        if given and self.shape(given)["members"]:
            out["i"] = self.place(given, "in", True)
        root = op.get("input", {}).get("locationName")
        if root and self.protocol == "rest-xml":
            out["b"] = root
        answered = op.get("output")
        if answered:
            place = self.place(answered["shape"], "out", True)
            if not self.is_json or self.encoded[place] != {"m": {}}:
                out["o"] = place
            if "resultWrapper" in answered:
                out["w"] = answered["resultWrapper"]
        pages = self.paging(name, given, answered and answered["shape"])
        if pages:
            out["g"] = pages
        return out

    def paging(self, name, given, answered):
        many = lambda value: [value] if isinstance(value, str) else list(value or [])
        page = self.pages.get(name)
        if page:
            out = [many(page[k]) for k in ("input_token", "output_token")]
            more = page.get("more_results", "")
            results = many(page.get("result_key"))
            kept = set(page.get("non_aggregate_keys", ()))
            results = [key for key in results if key not in kept]
            if out[0] == out[1]:
                out[1] = []
            out += [results, more]
            while not out[-1]:
                out.pop()
            return out
        if not given or not answered:
            return None
        given, answered = (self.shape(it)["members"] for it in (given, answered))
        token = next((it for it in TOKENS if it in given and it in answered), None)
        if not token:
            return None
        flag = next((it for it in ("IsTruncated", "isTruncated") if it in answered), None)
        lists = [k for k, m in answered.items() if self.shape(m["shape"])["type"] == "list"]
        results = lists if len(lists) == 1 else []
        return [[token], [], results, flag] if flag else [[token], [], results]

    def refused(self, name):
        """Why an operation that is named like a look is left out, if so: a letter."""
        full = f"{self.name}.{name}"
        if full in HARMLESS:
            return None
        if full in SECRETS or SECRET.fullmatch(name) or name == "BatchGetSecretValue":
            return "s"
        if name == "BatchGetStreamKey":
            return "s"
        if full in ACTS or (name.startswith("Test") and full not in TESTS):
            return "a"
        op = self.model["operations"][name]
        if any(self.streams(op[k]["shape"]) for k in ("input", "output") if k in op):
            return "e"
        return None

    def streams(self, name):
        members = self.shape(name).get("members", {}).values()
        return any(self.shape(member["shape"]).get("eventstream") for member in members)

    def encode_all(self, endpoints):
        operations, refused = {}, {"s": [], "a": [], "e": []}
        for name, op in sorted(self.model["operations"].items()):
            if not LOOKS.match(name):
                continue
            why = self.refused(name)
            if why:
                refused[why].append(name)
            else:
                operations[name] = self.operation(name, op)
        meta, model = self.meta, self.model
        out = {
            "i": meta["serviceId"],
            "p": self.protocol,
            "v": meta.get("jsonVersion") if self.protocol == "json" else None,
            "t": meta.get("targetPrefix") if self.protocol == "json" else None,
            "a": meta["apiVersion"] if self.protocol in ("query", "ec2") else None,
            "x": namespace(model) if self.protocol == "rest-xml" else None,
            "e": endpoints,
            "o": operations,
            "r": {k: " ".join(v) for k, v in refused.items() if v},
            "s": self.encoded,
        }
        return {k: v for k, v in out.items() if v or k == "o"}


def namespace(model):
    """The namespace of the XML that is sent."""
    found = [op.get("input", {}).get("xmlNamespace") for op in model["operations"].values()]
    return next((it["uri"] for it in found if it), None)


def protocol(meta):
    """The protocol that is spoken with it: one of five, or None."""
    known = meta.get("protocols") or [meta["protocol"]]
    return next((it for it in ("json", "rest-json", "rest-xml", "query", "ec2") if it in known), None)


def places(name, model, rules, partitions):
    """By partition: where it is asked, and in whose region that is signed."""
    provider = EndpointProvider(rules, partitions)
    own = model["metadata"].get("signingName") or model["metadata"]["endpointPrefix"]
    out = []
    for partition in PARTITIONS:
        known = next(it for it in partitions["partitions"] if it["id"] == partition)
        found = {r: resolve(provider, rules, r, SUFFIX[partition]) for r in known["regions"]}
        found = {r: it for r, it in found.items() if it and not r.startswith("aws-")}
        if all(it[1] == r for r, it in found.items()):
            found = {r: (it[0], "", it[2]) for r, it in found.items()}
        else:
            found = {r: tidy(r, it) for r, it in found.items()}
        names = {it[2] for it in found.values()} - {None, own}
        assert not names, (name, names, own)
        plain = (f"{model['metadata']['endpointPrefix']}.{{r}}.{{d}}", "", None)
        votes = list(found.values())
        best = max(votes, key=votes.count) if votes else plain
        entry = [best[0], best[1]]
        for region, it in found.items():
            if fill(region, it) != fill(region, best):
                entry += [region, it[0], it[1]]
        out.append(entry if len(entry) > 2 or best[1] else entry[:1])
    if out[0] == out[1] == out[2]:
        out = out[:1]
    return own, out


def tidy(region, place):
    """A place in its region needs no word on where it is signed."""
    host, signed, name = place
    return host, "" if signed == region and "{r}" in host else signed, name


def fill(region, place):
    return place[0].replace("{r}", region), place[1] or region


def resolve(provider, rules, region, suffix):
    values = {"Region": region, "UseFIPS": False, "UseDualStack": False}
    values = {k: v for k, v in values.items() if k in rules["parameters"]}
    try:
        found = provider.resolve_endpoint(**values)
    except Exception:
        return None
    scheme = next(iter(found.properties.get("authSchemes", [])), {})
    host = found.url.removeprefix("https://").rstrip("/")
    host = re.sub(rf"\b{re.escape(region)}\b", "{r}", host)
    if host.endswith("." + suffix):
        host = host[: -len(suffix)] + "{d}"
    signed = scheme.get("signingRegion", region)
    return host, signed, scheme.get("signingName")


def main():
    assert botocore.__version__ == PINNED, f"botocore is {botocore.__version__}, wanted {PINNED}"
    loader = Loader()
    partitions = loader.load_data("partitions")
    index, blocks, at, raw = [], [], 0, 0
    left, count = [], 0
    for name in loader.list_available_services("service-2"):
        model = loader.load_service_model(name, "service-2")
        meta = model["metadata"]
        if not protocol(meta) or meta["signatureVersion"] not in ("v4", "s3", "s3v4"):
            left.append(name)
            continue
        try:
            pages = loader.load_service_model(name, "paginators-1")["pagination"]
        except Exception:
            pages = {}
        rules = loader.load_service_model(name, "endpoint-rule-set-1")
        own, endpoints = places(name, model, rules, partitions)
        service = Service(name, model, pages).encode_all(endpoints)
        text = json.dumps(service, separators=(",", ":"), ensure_ascii=True).encode()
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        block = packer.compress(text) + packer.flush()
        index.append(f"{name} {own} {meta['endpointPrefix']} {at} {len(block)} {len(text)}")
        blocks.append(block)
        at, raw, count = at + len(block), raw + len(text), count + len(service["o"])
        if "-v" in sys.argv:
            print(f"{len(block):7} {len(text):8} {name} {endpoints} {service.get('r', '')}")
    head = f"botocore {PINNED}\n" + "".join(line + "\n" for line in index) + "\n"
    data = head.encode() + b"".join(blocks)
    pathlib.Path(__file__).with_name("services.bin").write_bytes(data)
    print(f"{len(index)} services, {count} operations, {raw} bytes in {len(data)}")
    print(f"left out, as no protocol or signature of ours: {', '.join(left)}")


if __name__ == "__main__":
    main()
