#!/usr/bin/env python3
"""Writes google.json: the structure of the google provider's schema, for the resources that Genkai emits.

    pip download --no-deps cdktn-provider-google==21.1.0
    python3 extract.py cdktn_provider_google-21.1.0-py3-none-any.whl > google.json

That package is generated from the provider's own `terraform providers schema -json` (21.1.0 binds google 8.7.0). Its
wheel holds a jsii tarball, with one JavaScript module per resource, in which every attribute and block is a member:

    // rolling_period_days - computed: false, optional: true, required: false
    _rollingPeriodDays;
    get rollingPeriodDays() {
        return this.getNumberAttribute('rolling_period_days');

What the generated code leaves out stands in OVERLAY. Only the standard library is needed.
"""

import io
import json
import re
import sys
import tarfile
import zipfile

TARBALL = "cdktn_provider_google/_jsii/provider-google@21.1.0.jsii.tgz"
ADDRESS = "registry.terraform.io/hashicorp/google"

RESOURCES = [
    "google_bigquery_data_transfer_config",
    "google_bigquery_dataset",
    "google_bigquery_table",
    "google_logging_metric",
    "google_monitoring_alert_policy",
    "google_monitoring_custom_service",
    "google_monitoring_notification_channel",
    "google_monitoring_slo",
]
DATA_SOURCES = ["google_monitoring_notification_channel"]

# The provider block has some two hundred endpoints; these are the arguments that a root module sets.
PROVIDER_ATTRIBUTES = [
    "access_token", "add_terraform_attribution_label", "billing_project", "credentials", "default_labels",
    "impersonate_service_account", "impersonate_service_account_delegates", "project", "region", "request_reason",
    "request_timeout", "scopes", "universe_domain", "user_project_override", "zone",
]

# Flags that the generated code does not carry, by attribute name. Source: the provider's documentation.
OVERLAY = {
    "auth_token": {"sensitive": True},
    "auth_token_wo": {"write_only": True},
    "password": {"sensitive": True},
    "password_wo": {"write_only": True},
    "service_key": {"sensitive": True},
    "service_key_wo": {"write_only": True},
    "secret_access_key": {"sensitive": True},
    "secret_access_key_wo": {"write_only": True},
}

# The suffix of a getter (`getStringAttribute`), or a storage class (`string`), and the type in Terraform's notation.
TYPES = {
    "String": "string", "Number": "number", "Boolean": "bool",
    "List": ["list", "string"], "NumberList": ["list", "number"], "StringMap": ["map", "string"],
    "string": "string", "number": "number", "boolean": "bool",
    "stringList": ["list", "string"], "stringMap": ["map", "string"],
}

CLASS = re.compile(r"^class (\w+) extends cdktn\.(\w+) \{\n(.*?)^\}", re.M | re.S)
MEMBER = re.compile(
    r"^    // (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n"
    r"(.*?)(?=^    // |^    static|\Z)",
    re.M | re.S,
)
GETTER = re.compile(r"return (cdktn\.Fn\.tolist\()?this\.get(\w+)Attribute\('")
NESTED = re.compile(r"= new (?:cdktn\.)?(\w*?)(OutputReference|List|StringMap)\(this, \"\w+\"(?:, (true|false))?\)")
STORAGE = re.compile(r"^            (\w+): \{\n.*\n.*\n.*\n +storageClassType: \"(\w+)\"", re.M)


class Module:
    """One JavaScript module: a resource, a data source or the provider."""

    def __init__(self, text):
        self.classes = {name: body for name, _, body in CLASS.findall(text)}
        self.root = next(n for n, parent, _ in CLASS.findall(text) if parent.startswith("Terraform"))

    def block(self, name, only=None):
        attributes, blocks = {}, {}
        storage = dict(STORAGE.findall(self.classes[name]))
        for member, computed, optional, required, body in MEMBER.findall(self.classes[name]):
            if only is not None and member not in only:
                continue
            flags = {"computed": computed, "optional": optional, "required": required}
            flags = {flag: True for flag, value in flags.items() if value == "true"}
            nested = NESTED.search(body)
            if nested and nested[2] != "StringMap" and flags != {"computed": True}:
                blocks[member] = self.nested_block(nested, required == "true")
                continue
            kind = self.type_of(nested, body, storage.get(member))
            attributes[member] = {"type": kind, "description_kind": "plain", **flags, **OVERLAY.get(member, {})}
        block = {"description_kind": "plain"}
        if attributes:
            block["attributes"] = dict(sorted(attributes.items()))
        if blocks:
            block["block_types"] = dict(sorted(blocks.items()))
        return block

    def nested_block(self, nested, required):
        prefix, form, from_set = nested.groups()
        block = self.block(prefix + "OutputReference")
        if prefix.endswith("Timeouts"):
            return {"nesting_mode": "single", "block": block}
        nesting = {"nesting_mode": "set" if from_set == "true" else "list", "block": block}
        if required:
            nesting["min_items"] = 1
        if form == "OutputReference":
            # The generator hands out a reference instead of a list exactly when MaxItems is 1.
            nesting["max_items"] = 1
        return nesting

    def type_of(self, nested, body, storage):
        if nested and nested[2] == "StringMap":
            return ["map", "string"]
        if nested:
            inner = self.block(nested[1] + "OutputReference")["attributes"]
            return ["list", ["object", {name: value["type"] for name, value in inner.items()}]]
        getter = GETTER.search(body)
        if getter is None:
            return TYPES[storage]
        kind = TYPES[getter[2]]
        return ["set", kind[1]] if getter[1] else kind


def main():
    wanted = {"provider": "provider"}
    wanted |= {name.removeprefix("google_").replace("_", "-"): name for name in RESOURCES}
    wanted |= {"data-" + name.replace("_", "-"): "data." + name for name in DATA_SOURCES}
    modules = {}
    with zipfile.ZipFile(sys.argv[1]) as wheel, tarfile.open(fileobj=io.BytesIO(wheel.read(TARBALL))) as tar:
        for entry in tar:
            match = re.fullmatch(r"package/lib/([\w-]+)/index\.js", entry.name)
            if match and match[1] in wanted:
                modules[wanted[match[1]]] = Module(tar.extractfile(entry).read().decode())

    def schema(key, only=None):
        module = modules[key]
        return {"version": 0, "block": module.block(module.root, only)}

    provider = {
        "provider": schema("provider", PROVIDER_ATTRIBUTES),
        "resource_schemas": {name: schema(name) for name in RESOURCES},
        "data_source_schemas": {name: schema("data." + name) for name in DATA_SOURCES},
    }
    document = {"format_version": "1.0", "provider_schemas": {ADDRESS: provider}}
    json.dump(document, sys.stdout, indent=1)
    print()


main()
