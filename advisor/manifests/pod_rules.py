"""What must hold inside the pods that an object makes, and schemas do not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from advisor.manifests.kinds import Object, containers, mappings, within
from advisor.manifests.names import is_dns_label
from advisor.manifests.quantity import parsed

PULL_POLICIES = ("Always", "IfNotPresent", "Never")
LONGEST_PORT_NAME = 15  # RFC 6335
LARGEST_PORT = 65535
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
WHOLE_RESOURCE = "/"  # an extended resource has a domain in its name, such as nvidia.com/gpu


def image_present(item: Object) -> Iterator[str]:
    """Every container has an image, whose reference is one word that does not break off before its tag or digest."""
    for container in containers(item):
        image = container.get("image")
        if not isinstance(image, str) or not image.strip():
            yield f"container {container.get('name')} has no image"
        elif not re.fullmatch(r"\S*[^\s:@/]", image):
            yield f"container {container.get('name')} has the image {image!r}, which cannot be pulled"


def pull_policy_legal(item: Object) -> Iterator[str]:
    """An image is pulled by one of three policies."""
    for container in containers(item):
        policy = container.get("imagePullPolicy")
        if policy is not None and policy not in PULL_POLICIES:
            yield f"imagePullPolicy is {policy!r}; allowed: {', '.join(PULL_POLICIES)}"


def container_names(item: Object) -> Iterator[str]:
    """Containers have names, each once, and each a DNS label. Knative and Cloud Run name the only one themselves."""
    names = [container.get("name") for container in containers(item)]
    for name in names:
        if not is_dns_label(name) and not (name is None and len(names) == 1 and "/" in item.kind):
            yield f"{name!r} is no name of a container: a DNS label of at most 63 characters"
        elif names.count(name) > 1:
            yield f"two containers are called {name}"


def quantities_parse(item: Object) -> Iterator[str]:
    """Requests and limits are quantities of at least 0."""
    for container in containers(item):
        for part in ("requests", "limits"):
            for resource, quantity in within(container, "resources", part).items():
                number = parsed(quantity)
                if number is None or number < 0:
                    yield f"{part} of {resource} is {quantity!r}, no quantity such as 500m or 2Gi"


def requests_within_limits(item: Object) -> Iterator[str]:
    """No container asks for more than it may use."""
    for container in containers(item):
        limits = within(container, "resources", "limits")
        for resource, quantity in within(container, "resources", "requests").items():
            asked, allowed = parsed(quantity), parsed(limits.get(resource))
            if asked is not None and allowed is not None and asked > allowed:
                yield f"asks for {quantity} of {resource}, above its limit of {limits[resource]}"


def gpus_whole_and_equal(item: Object) -> Iterator[str]:
    """GPUs come whole, and with a limit that a request equals."""
    for container in containers(item):
        asked, allowed = within(container, "resources", "requests"), within(container, "resources", "limits")
        for resource in sorted({str(each) for each in (*asked, *allowed) if WHOLE_RESOURCE in str(each)}):
            yield from _whole_and_equal(resource, asked, allowed)


def _whole_and_equal(resource: str, asked: Mapping[str, Any], allowed: Mapping[str, Any]) -> Iterator[str]:
    for quantity in (asked.get(resource), allowed.get(resource)):
        number = parsed(quantity)
        if number is not None and number != int(number):
            yield f"{quantity} of {resource}: it is counted in whole pieces"
    if resource not in allowed:
        yield f"{resource} is asked for without a limit"
    elif resource in asked and parsed(asked[resource]) != parsed(allowed[resource]):
        yield f"{asked[resource]} of {resource} are asked for and {allowed[resource]} allowed: they must be equal"


def ports_in_range(item: Object) -> Iterator[str]:
    """Container ports and those of probes lie within 1 to 65535; a name is used once, and defined where it is used."""
    for container in containers(item):
        ports = list(mappings(container.get("ports")))
        names = [port["name"] for port in ports if "name" in port]
        for port in ports:
            if not is_port(port.get("containerPort")):
                yield f"containerPort is {port.get('containerPort')!r}; allowed: 1 to {LARGEST_PORT}"
        for name in names:
            if not is_dns_label(name, LONGEST_PORT_NAME) or names.count(name) > 1:
                yield f"{name!r} is no name of a port: at most {LONGEST_PORT_NAME} characters, each once"
        for probe in PROBES:
            yield from _probe_port(container, probe, names)


def _probe_port(container: Mapping[str, Any], probe: str, names: list[Any]) -> Iterator[str]:
    for how in ("httpGet", "tcpSocket", "grpc"):
        port = within(container, probe, how).get("port")
        if port is not None and not is_port(port) and port not in names:
            yield f"{probe} calls port {port!r}, which the container does not have"


def is_port(port: object) -> bool:
    """Whether something is the number of a port."""
    return isinstance(port, int) and not isinstance(port, bool) and 1 <= port <= LARGEST_PORT


def mounts_declared(item: Object) -> Iterator[str]:
    """Every mounted volume is declared, each name once."""
    pod = within(item.template, "spec")
    declared = [volume.get("name") for volume in mappings(pod.get("volumes"))]
    claims = mappings(item.spec.get("volumeClaimTemplates"))
    declared += [within(claim, "metadata").get("name") for claim in claims]
    for name in {str(name) for name in declared if declared.count(name) > 1}:
        yield f"two volumes are called {name}"
    for container in containers(item):
        for mount in mappings(container.get("volumeMounts")):
            if mount.get("name") not in declared:
                yield f"mounts the volume {mount.get('name')!r}, which the pod does not declare"
