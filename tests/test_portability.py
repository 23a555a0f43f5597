"""What Cloud Run and a Knative of one's own share, read off their schemas."""

from __future__ import annotations

import pytest
from blueprints import plan, workload
from needs import need

from advisor.errors import InputError
from advisor.manifests.portability import Portability, portability
from advisor.manifests.writers import writer

POD = "spec.template.spec"


@pytest.fixture(scope="module")
def compared() -> Portability:
    need("googleapiclient")
    return portability(writer("cloud-run")(plan("cloud-run", workload(gpu="l4"), gpu="l4", mode="gpu")))


def test_knative_takes_every_field_of_the_manifest(compared: Portability) -> None:
    assert compared.used_and_lost == ()
    assert f"{POD}.containers.resources.limits" in compared.used_and_shared
    assert f"{POD}.containers.env.valueFrom.secretKeyRef" in compared.used_and_shared


def test_what_cloud_run_adds_has_no_meaning_elsewhere(compared: Portability) -> None:
    assert "metadata.labels.cloud.googleapis.com/location" in compared.without_meaning
    assert "spec.template.metadata.annotations.run.googleapis.com/cpu-throttling" in compared.without_meaning
    assert any("run.googleapis.com/accelerator" in each for each in compared.without_meaning)
    assert not any("autoscaling.knative.dev" in each for each in compared.without_meaning)


def test_cloud_run_lacks_what_places_and_prepares_pods(compared: Portability) -> None:
    # Named by the API's own document: absent from its schema, or described as not supported.
    for field in ("affinity", "tolerations", "initContainers", "imagePullSecrets", "containers.envFrom"):
        assert f"{POD}.{field}" in compared.only_knative
    assert f"{POD}.containers" not in compared.only_knative
    assert f"{POD}.nodeSelector" not in compared.only_knative


def test_knative_lacks_what_only_cloud_run_has(compared: Portability) -> None:
    assert f"{POD}.volumes.nfs" in compared.only_cloud_run
    assert not set(compared.only_cloud_run) & set(compared.only_knative)


def test_the_comparison_reads_in_chapters(compared: Portability) -> None:
    lines = list(compared.lines())
    assert lines[0] == "Fields of this manifest that Knative accepts:"
    assert lines[lines.index("Fields of this manifest that Knative refuses:") + 1] == "  none"


def test_a_missing_schema_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.manifests.schemas._found", lambda _: False)
    with pytest.raises(InputError, match="the schema of Cloud Run is not installed"):
        portability(writer("cloud-run")(plan("cloud-run")))
