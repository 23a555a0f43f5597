"""Files held against every rule and every schema that there is, and what of that could not be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from advisor.manifests.check import Finding, check_groups
from advisor.manifests.objects_of import SUFFIXES, documents_in, groups_in
from advisor.manifests.schemas import missing_validators, schema_findings

INSTALL = "pip install 'deploy-advisor[check]'"


@dataclass(frozen=True)
class Checked:
    """What is wrong with some documents, and the schemas that are not installed here."""

    documents: int
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The outcome for a reader."""
        yield from map(str, self.findings)
        yield from (f"not checked against {what}: {INSTALL}" for what in self.missing)
        yield self.counted

    @property
    def counted(self) -> str:
        """How much was checked."""
        documents, findings = self.documents, len(self.findings)
        return (
            f"{documents} document{'s' * (documents != 1)} checked: {findings or 'no'} finding{'s' * (findings != 1)}"
        )


def checked(texts: Mapping[str, bytes | None]) -> Checked:
    """Check files by name; None stands for a file that is too large."""
    documents, groups = documents_in(texts), groups_in(texts)
    changed = [item for group in groups for item in group.changed]
    findings = (*check_groups(groups), *schema_findings([*documents, *changed]))
    return Checked(len(documents), findings, tuple(missing_validators(documents)))


def manifests_in(texts: Mapping[str, str]) -> dict[str, bytes | None]:
    """Of the files of a bundle, those that are checked."""
    return {name: text.encode() for name, text in texts.items() if name.endswith(SUFFIXES)}
