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
        return f"{self.documents} documents checked: {len(self.findings) or 'no'} findings"


def checked(texts: Mapping[str, bytes | None]) -> Checked:
    """Check files by name; None stands for a file that is too large."""
    documents = documents_in(texts)
    findings = (*check_groups(groups_in(texts)), *schema_findings(documents))
    return Checked(len(documents), findings, tuple(missing_validators(documents)))


def manifests_in(texts: Mapping[str, str]) -> dict[str, bytes | None]:
    """Of the files of a bundle, those that are checked."""
    return {name: text.encode() for name, text in texts.items() if name.endswith(SUFFIXES)}
