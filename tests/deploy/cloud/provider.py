"""A provider hashicorp/google for Terraform, with its real schema, over the stand-in cloud.

Terraform starts it as a plugin (protocol 6) in the environment of the schema's checker. What is
made, changed, read and deleted is asked of the stand-in, at DEPLOY_TEST_CLOUD, which may fail;
what cannot be changed is replaced, by the table immutable.json beside the schema.

Its start takes longer than all that Terraform asks, and Terraform starts it for each command. As
`provider.py kept` it stays: for each address of a stand-in on a line of standard input it serves
one more provider, and prints where, for TF_REATTACH_PROVIDERS.
"""

from __future__ import annotations

# The names are the protocol's.
# ruff: noqa: N802
import base64
import functools
import json
import os
import sys
import tempfile
import urllib.request
from concurrent import futures
from pathlib import Path

import grpc
import msgpack
from tf.gen import grpc_controller_pb2_grpc as controller_rpc
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc
from tf.runner import _self_signed_cert

HERE = Path(__file__).resolve().parent
SCHEMA = json.loads((HERE / "schema.json").read_text())["resource"]
IMMUTABLE = json.loads((HERE / "immutable.json").read_text())
NESTING = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}
TEXTS = "project region zone credentials access_token billing_project impersonate_service_account"
UNKNOWN = msgpack.ExtType(0, b"\x00")


def block(shown):
    made = pb.Schema.Block()
    for name, one in sorted(shown.get("attributes", {}).items()):
        flags = {key: one.get(key, False) for key in ("required", "optional", "computed")}
        made.attributes.add(name=name, type=json.dumps(one["type"]).encode(), **flags)
    for name, one in sorted(shown.get("block_types", {}).items()):
        made.block_types.append(
            pb.Schema.NestedBlock(
                type_name=name,
                block=block(one["block"]),
                nesting=NESTING[one["nesting_mode"]],
                min_items=one.get("min_items", 0),
                max_items=one.get("max_items", 0),
            )
        )
    return made


def load(value):
    if value.json:
        return json.loads(value.json)
    return msgpack.unpackb(value.msgpack, raw=False, strict_map_key=False)


def dump(value):
    return pb.DynamicValue(msgpack=msgpack.packb(value))


def with_unknowns(value, shown):
    """What Google computes and nobody wrote is known after it is made."""
    for name, one in shown.get("attributes", {}).items():
        if one.get("computed") and value.get(name) is None:
            value[name] = UNKNOWN
    for name, one in shown.get("block_types", {}).items():
        for inner in value[name] if isinstance(value.get(name), list) else []:
            with_unknowns(inner, one["block"])
    return value


def known(value):
    if isinstance(value, msgpack.ExtType):
        return None
    if isinstance(value, dict):
        return {key: known(one) for key, one in value.items()}
    return [known(one) for one in value] if isinstance(value, list) else value


def at(value, path):
    """What lies at a dotted path; a block is a list of one."""
    for name in path.split("."):
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(name) if isinstance(value, dict) else None
    return value or None


def failure(text):
    summary, _, detail = text.partition("\n")
    return [pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=summary, detail=detail)]


@functools.cache
def schema():
    texts = {name: {"type": "string", "optional": True} for name in TEXTS.split()}
    texts["user_project_override"] = {"type": "bool", "optional": True}
    answer = pb.GetProviderSchema.Response(
        provider=pb.Schema(version=0, block=block({"attributes": texts}))
    )
    for kind, one in SCHEMA.items():
        answer.resource_schemas[kind].CopyFrom(pb.Schema(version=0, block=block(one["block"])))
    return answer


class Provider(rpc.ProviderServicer):
    def __init__(self, cloud, quota_project):
        self.cloud, self.quota_project = cloud, quota_project

    def asked(self, action, kind, before=None, after=None):
        body = {"action": action, "kind": kind, "before": before, "after": after}
        # Whom the provider's own library would charge its calls to.
        body["quota_project"] = self.quota_project
        request = urllib.request.Request(
            self.cloud + "/provider",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def GetMetadata(self, request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "use the schema")

    def GetProviderSchema(self, request, context):
        return schema()

    def ValidateProviderConfig(self, request, context):
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request, context):
        return pb.ValidateResourceConfig.Response()

    def ConfigureProvider(self, request, context):
        return pb.ConfigureProvider.Response()

    def PlanResourceChange(self, request, context):
        new, prior = load(request.proposed_new_state), load(request.prior_state)
        answer = pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        if new is None:
            return answer
        if prior is None:
            new = with_unknowns(new, SCHEMA[request.type_name]["block"])
        else:
            for name in IMMUTABLE.get(request.type_name, {"immutable": []})["immutable"]:
                if at(new, name) != at(prior, name):
                    root = name.partition(".")[0]
                    answer.requires_replace.add().steps.add(attribute_name=root)
        answer.planned_state.CopyFrom(dump(new))
        return answer

    def ApplyResourceChange(self, request, context):
        before, after = load(request.prior_state), known(load(request.planned_state))
        action = "create" if before is None else "delete" if after is None else "update"
        answer = self.asked(action, request.type_name, before, after)
        if "error" in answer:
            # A function whose build failed is there, and tainted: it is made again.
            half = after if answer.get("tainted") else before
            return pb.ApplyResourceChange.Response(
                new_state=dump(half), diagnostics=failure(answer["error"])
            )
        return pb.ApplyResourceChange.Response(new_state=dump(answer["values"]))

    def ReadResource(self, request, context):
        answer = self.asked("read", request.type_name, load(request.current_state))
        if "error" in answer:
            return pb.ReadResource.Response(
                new_state=request.current_state, diagnostics=failure(answer["error"])
            )
        return pb.ReadResource.Response(new_state=dump(answer["values"]))

    def ImportResourceState(self, request, context):
        answer = self.asked("import", request.type_name, {"id": request.id})
        if "error" in answer:
            return pb.ImportResourceState.Response(diagnostics=failure(answer["error"]))
        shown = SCHEMA[request.type_name]["block"]
        empty = dict.fromkeys(shown["attributes"])
        for name, one in shown.get("block_types", {}).items():
            empty[name] = None if one["nesting_mode"] == "single" else []
        answered = pb.ImportResourceState.Response()
        state = dump(empty | answer["values"])
        answered.imported_resources.add(type_name=request.type_name, state=state)
        return answered

    def UpgradeResourceState(self, request, context):
        kept = pb.DynamicValue(json=request.raw_state.json)
        return pb.UpgradeResourceState.Response(upgraded_state=kept)

    def GetFunctions(self, request, context):
        return pb.GetFunctions.Response()

    def StopProvider(self, request, context):
        return pb.StopProvider.Response()


class Controller(controller_rpc.GRPCControllerServicer):
    def Shutdown(self, request, context):
        os._exit(0)


def served(provider, credentials=None):
    """Serve at a socket of its own, and return its path."""
    server = grpc.server(
        futures.ThreadPoolExecutor(8), options=[("grpc.max_receive_message_length", -1)]
    )
    rpc.add_ProviderServicer_to_server(provider, server)
    path = f"{tempfile.mkdtemp()}/plugin"
    if credentials:
        controller_rpc.add_GRPCControllerServicer_to_server(Controller(), server)
        server.add_secure_port(f"unix://{path}", credentials)
    else:
        server.add_insecure_port(f"unix://{path}")
    server.start()
    return server, path


def plugin():
    """Serve the Terraform that started this process."""
    chain, credentials = _self_signed_cert()
    environment = os.environ
    quota = environment.get("GOOGLE_CLOUD_QUOTA_PROJECT", "")
    server, path = served(Provider(environment["DEPLOY_TEST_CLOUD"], quota), credentials)
    certificate = base64.b64encode(chain).decode().rstrip("=")
    print("|".join(["1", "6", "unix", path, "grpc", certificate]), flush=True)
    server.wait_for_termination()


def kept():
    """Serve who asks, as long as somebody may ask."""
    servers = []
    for line in sys.stdin:
        server, path = served(Provider(line.strip(), "not told"))
        servers.append(server)
        print(path, flush=True)


if __name__ == "__main__":
    kept() if sys.argv[1:] == ["kept"] else plugin()
