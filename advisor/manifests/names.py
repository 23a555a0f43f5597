"""Names that every platform accepts, and what was changed to get there."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from advisor.errors import shown

# A DNS label (RFC 1123) has at most 63 characters. Fewer here: overlays and platforms add to a name (KServe
# `-predictor`, Knative a revision), and an Azure container app takes no more than 32.
LONGEST = 32
SHORTEST = 3  # an endpoint of Azure Machine Learning
LONGEST_LABEL = 63
LONGEST_ACCOUNT = 30  # and 6 at least, which the shortest name with its suffix has
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_DIGEST = 6  # characters of a digest: enough to keep the services of one team apart


def legal_name(text: str) -> str:
    """A name of lower-case letters, digits and single hyphens that starts with a letter.

    What had to be cut or could not be written at all is replaced by a digest of the whole, so that two names stay two.
    """
    letters = [unicodedata.normalize("NFKD", each).encode("ascii", "ignore").decode() for each in text]
    name = re.sub(r"[^a-z0-9]+", "-", "".join(letters).lower()).strip("-")
    if not name[:1].isalpha() or len(name) < SHORTEST:
        name = f"svc-{name}".strip("-")
    if len(name) <= LONGEST and all(letters):
        return name
    return f"{name[: LONGEST - _DIGEST - 1].rstrip('-')}-{_digest(text)}"


def account_name(name: str, suffix: str) -> str:
    """The id of a service account of Google for a service: 6 to 30 characters (IAM, create service accounts)."""
    whole = f"{name}-{suffix}"
    if len(whole) <= LONGEST_ACCOUNT:
        return whole
    end = f"-{_digest(name)}-{suffix}"
    return f"{name[: LONGEST_ACCOUNT - len(end)].rstrip('-')}{end}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]


def change_told(text: str) -> tuple[str, ...]:
    """A sentence about the change of a name; none where it was legal as it stood."""
    name = legal_name(text)
    if name == text:
        return ()
    return (f"the name {shown(text)} is not legal everywhere; the files call the service {name}",)


def is_dns_label(name: object, longest: int = LONGEST_LABEL) -> bool:
    """Whether something is a DNS label of RFC 1123."""
    return isinstance(name, str) and len(name) <= longest and _LABEL.fullmatch(name) is not None


def is_dns_name(name: object) -> bool:
    """Whether something is a DNS subdomain of RFC 1123: labels with dots between them, at most 253 characters."""
    return isinstance(name, str) and len(name) <= 253 and all(_LABEL.fullmatch(part) for part in name.split("."))
