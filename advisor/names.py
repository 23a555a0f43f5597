"""The names in a workload that the price book must know: places, shapes, GPUs, the option of today.

A GPU that someone sells somewhere is known; whether the region of an option sells it is that option's answer, unless
nobody does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

import numpy as np

from advisor.columns import Reject, Workloads
from advisor.declaration import CUSTOM, Workload
from advisor.errors import InputError, shown, suggestion
from advisor.evaluation import Wanted
from advisor.fields import NO_GPU, gpu_durations
from advisor.market import Market
from advisor.platforms import EVERY, PLATFORMS
from advisor.platforms.platform import Platform
from pricing import FactError, PriceBook
from pricing.effort import load_pay


def check_names(workload: Workload, book: PriceBook, where: str) -> None:
    """Raise `InputError` for every name of one workload that is not known; `where` names its file, form or row."""
    if rejects := unknown_names(Workloads.of([workload]), book):
        raise InputError.listing(where, rejects)


def unknown_names(work: Workloads, book: PriceBook) -> list[Reject]:
    """Every name that is not known, by row; each different name is looked up once."""
    found = []
    for column, why in NAMES.items():
        names = work.text(column)[:, 0]
        reasons = {name: why(name, book) for name in set(names) - {None}}
        wrong = [name for name, reason in reasons.items() if reason]
        found += [
            Reject(int(row), column, names[row], reasons[names[row]]) for row in np.flatnonzero(np.isin(names, wrong))
        ]
    return sorted(found, key=lambda reject: reject.row)


def check_gpu(workload: Workload, book: PriceBook, where: str) -> None:
    """Raise `InputError` where nobody sells any of the GPU types in the workload's regions, with those they sell."""
    text = str(Workloads.of([workload]).text("gpu")[0, 0])
    wanted = gpu_durations(text)
    if wanted and not gpus_sold(wanted, workload, book):
        there = ", ".join(sorted(gpus_sold(gpu_types(book), workload, book))) or "none"
        fault = f"nobody sells it in the regions of {workload.geography}; there is {there}"
        raise InputError.listing(where, [f"gpu is {shown(text)}; {fault}"])


def gpus_sold(gpus: Iterable[str], workload: Workload, book: PriceBook) -> set[str]:
    """Those of some GPU types that an option could run the workload on, in its regions, on whatever machine."""
    alike = {"gpu": " ".join(f"{gpu}:1.0" for gpu in sorted(gpus)), "arch": "any", "burstable_allowed": True}
    work, market = Workloads.of([workload.model_copy(update=alike)]), Market(book)
    able = [platform for platform in PLATFORMS if market.capabilities(platform)["gpu"] != "no"]
    offers = [market.offer(platform, group) for platform in able for group in market.groups(platform, work)]
    return {gpu for offer in offers if offer.sold for gpu in offer.machines.gpu}


def check_wanted(wanted: Wanted, platform: Platform, workload: Workload, book: PriceBook) -> None:
    """Raise `InputError` for a mode, machine or purchase that this platform does not have for this workload."""
    known = {
        "mode": platform.modes_for(gpu=workload.gpu != NO_GPU),
        "machine": machine_names(platform, workload.gpu != NO_GPU, book),
        "purchase": platform.purchases,
    }
    for what, names in known.items():
        name = getattr(wanted, what)
        if name is not None and name not in names:
            raise InputError(f"{platform.id} has no {what} {shown(name)} for this workload; {suggestion(name, names)}")


def machine_names(platform: Platform, gpu: bool, book: PriceBook) -> Collection[str]:
    """What can be asked for as a machine: types of the platform's market, or the kinds or GPU types of one without."""
    market = platform.market_for(gpu)
    if market is not None:
        return book.machine_names(market)
    return platform.kinds or [gpu for service in platform.services for gpu in book.facts(service).get("gpu_types", ())]


def _geography(name: str, book: PriceBook) -> str:
    return "" if name in book.geographies() else f"it is not known; {suggestion(name, book.geographies())}"


def _profile(name: str, book: PriceBook) -> str:
    known = (*book.profiles(), CUSTOM)
    return "" if name in known else f"it is not known; {suggestion(name, known)}"


def _gpu(text: str, book: PriceBook) -> str:
    names = gpu_durations(text)
    known = gpu_types(book) if names else set()
    unknown = [name for name in names if name not in known]
    return f"nobody sells {unknown[0]}; {suggestion(unknown[0], known)}" if unknown else ""


def gpu_types(book: PriceBook) -> set[str]:
    """The GPU types that any market or platform sells anywhere."""
    shapes = {shape["gpu"] for market in book.markets() for shape in book.market(market).shapes.values()}
    services = {service for platform in PLATFORMS for service in platform.services}
    alone = {gpu for service in services for gpu in book.facts(service).get("gpu_types", ())}
    return (shapes | alone) - {""}


def _pay_place(place: str, book: PriceBook) -> str:
    """However its letters are written."""
    known = [name.casefold() for name in load_pay(book.folder.root, book.as_of)]
    return "" if place.casefold() in known else f"it is not known; {suggestion(place, known)}"


def _region(vendor: str) -> Callable[[str, PriceBook], str]:
    def refusal(region: str, book: PriceBook) -> str:
        known = book.regions(vendor)
        near = suggestion(region, known)
        return "" if region in known else f"the book holds no facts about this region of {vendor}; {near}"

    return refusal


def _option(option: str, book: PriceBook) -> str:
    """An option may be named without being one that is compared yet, and with a stack: gke+kserve."""
    if any(platform.id == option for platform in EVERY):
        return ""
    return _refusal(lambda: book.capabilities(option.partition("+")[0]))


def _refusal(look_up: Callable[[], object]) -> str:
    """Why the price book does not know a name; empty if it does."""
    try:
        look_up()
    except FactError as error:
        return error.reason
    return ""


NAMES: Mapping[str, Callable[[str, PriceBook], str]] = {
    "geography": _geography,
    "gcp_region": _region("gcp"),
    "aws_region": _region("aws"),
    "azure_region": _region("azure"),
    "profile": _profile,
    "gpu": _gpu,
    "current_option": _option,
    "pay_place": _pay_place,
}
