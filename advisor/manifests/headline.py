"""What every README says first: which service, on which option, by which plan."""

from __future__ import annotations

from advisor.manifests.blueprint import Blueprint


def headline(plan: Blueprint) -> str:
    """The title of a bundle."""
    return f"{plan.name} on {plan.title}"


def planned_facts(plan: Blueprint) -> dict[str, str]:
    """The capacity plan in a few lines."""
    size = f"{plan.vcpu:g} vCPU, {plan.memory_gib:g} GiB" + (f", {plan.gpus} {plan.gpu}" if plan.gpus else "")
    facts = {
        "Option": plan.option,
        "Region": plan.region,
        "Billing": " · ".join(word for word in (plan.mode, plan.purchase) if word),
        "Traffic": f"{plan.workload.requests_per_month:,.0f} requests a month",
        "A replica": size,
        "Replicas": f"{plan.least} at the quietest, {plan.most} at the busiest level of traffic",
    }
    if plan.machine:
        counts = sorted({plan.least_machines, plan.most_machines})
        facts["Machines"] = f"{' to '.join(map(str, counts))} of {plan.machine}"
    return facts
