"""Answers as plain documents for machines: the JSON of `compare` and `explain`. Nothing is rounded."""

from __future__ import annotations

from advisor.answer import Answer
from advisor.capacity import CapacityPlan
from advisor.choice_documents import choice_document
from advisor.explanation import Explanation, Line, single
from advisor.limits import Limit
from advisor.people_documents import Document, control_document, number, people_document, plan_document
from advisor.units import HOURS_PER_MONTH
from pricing import Fact


def comparison_document(answer: Answer) -> Document:
    """The document of `advisor compare --json`."""
    return {
        **heading(answer),
        "options": [option_document(answer, each) for each in answer.options],
        "cheapest": answer.cheapest.option if answer.cheapest else None,
        "choice": choice_document(answer),
    }


def explanation_document(answer: Answer) -> Document:
    """The document of `advisor explain --json`: one option with everything behind its figure."""
    (explanation,) = answer.options
    return {**heading(answer), **detailed_document(answer, explanation)}


def detailed_document(answer: Answer, explanation: Explanation) -> Document:
    """One of the options of an answer with everything behind its figure."""
    return {
        **option_document(answer, explanation),
        "machine": explanation.variant.machine or None,  # the one that the lines and levels are about
        "would_cost_usd": number(explanation.would_cost_usd),
        "lines": [_line(line) for line in explanation.lines],
        "levels": [_level(explanation.plan, index) for index in range(len(explanation.plan.levels))],
        "limits": [_limit(limit) for limit in explanation.limits],
        "assumptions": [*explanation.assumptions, *explanation.defaults],
        "facts": [_fact(fact) for fact in explanation.facts],
        "years": [{**year._asdict(), "usd": number(year.usd)} for year in explanation.years],
        **plan_document(answer, explanation.option),
        "control": control_document(answer, explanation.option),
    }


def heading(answer: Answer) -> Document:
    """What was asked, and on which prices."""
    book = answer.book
    prices = {"as_of": str(book.as_of), "fingerprint": book.fingerprint, "oldest": str(book.oldest)}
    return {"workload": answer.workload.model_dump(mode="json"), "prices": prices}


def option_document(answer: Answer, explanation: Explanation) -> Document:
    """One option as it stands in the list of a comparison."""
    variant = explanation.variant
    return {
        "option": explanation.option,
        "platform": explanation.platform.id,
        "stack": explanation.platform.stack,
        "mode": variant.mode,
        "machine": (variant.machine if explanation.cheapest_way else "") or None,
        "purchase": variant.purchase,
        "region": explanation.region,
        "status": explanation.status.name.lower(),
        "feasible": explanation.feasible,
        "why_not": list(explanation.why_not),
        "unknown": list(explanation.unknown),
        "monthly_usd": explanation.monthly_usd,
        "monthly_usd_low": explanation.if_priced(explanation.low_usd),
        "monthly_usd_high": explanation.if_priced(explanation.high_usd),
        "monthly_usd_alone": explanation.if_priced(explanation.alone_usd),
        "monthly_usd_marginal": explanation.if_priced(explanation.marginal_usd),
        "borrowed_usd": number(explanation.borrowed_usd),
        **people_document(answer, explanation.option),
    }


def _line(line: Line) -> Document:
    about = line.rate.about
    return {
        "meter": line.meter,
        "label": about.label,
        "quantity": line.quantity,
        "unit": line.unit,
        "usd": number(line.usd),
        "usd_low": number(line.usd_low),
        "usd_high": number(line.usd_high),
        "tiers": [
            {
                "quantity": tier.quantity,
                "usd_per_unit": number(tier.usd_per_unit),
                "usd": number(tier.usd),
                "note": tier.note,
            }
            for tier in line.tiers
        ],
        "role": about.role,
        "borrowed": about.borrowed,
        "source": about.source,
        "url": about.url,
        "date": about.date,
        "grade": about.grade,
        "stale": about.stale,
    }


def _level(plan: CapacityPlan, index: int) -> Document:
    level, hours = plan.levels[index], plan.hours[index]
    return {
        "multiple_of_mean": level.multiple,
        "share_of_time": level.share,
        "hours_per_month": hours,
        "share_with_release_tail": hours / HOURS_PER_MONTH,
        "requests_per_s": single(plan.rate_per_s[index]),
        "duration_s": single(plan.duration_s[index]),
        "replicas": single(plan.replicas[index]),
        "machines": single(plan.paid[index]) if plan.machines else None,
    }


def _limit(limit: Limit) -> Document:
    return {
        "name": limit.name,
        "asked": number(single(limit.asked)),
        "allowed": number(single(limit.allowed)),
        "margin": number(single(limit.margin)),
        "unit": limit.unit,
        "holds": not bool(limit.broken.any()),
        "soft": limit.soft,
        "source": limit.fact.source if limit.fact else None,
        "url": limit.fact.url if limit.fact else None,
        "date": limit.fact.date if limit.fact else None,
        "grade": limit.fact.grade if limit.fact else None,
    }


def _fact(fact: Fact) -> Document:
    return {
        "name": fact.name,
        "label": fact.label,
        "value": fact.value,
        "unit": fact.unit,
        "source": fact.source,
        "url": fact.url,
        "date": fact.date,
        "grade": fact.grade,
    }
