"""Nodes: allocatable against the vendors' own examples, packing, and how serverless nodes round."""

from __future__ import annotations

import numpy as np
import pytest
from columns import column
from hypothesis import given
from hypothesis import strategies as st

from advisor.nodes import (
    Room,
    aks_reserved_memory,
    allocatable_memory,
    allocatable_vcpu,
    autopilot_pod,
    eks_reserved_memory,
    eks_reserved_vcpu,
    gke_reserved_memory,
    machines_needed,
    pods_per_node,
    reserved_vcpu,
    share_of_node,
    shared_nodes,
    smallest_listed,
    trim,
)
from advisor.units import Array
from pricing.scale import MarginalScale

# The vendors' reserves (docs.cloud.google.com/kubernetes-engine, awslabs nodeadm, learn.microsoft.com/azure/aks).
CPU = MarginalScale((0, 1, 2, 4), (60, 10, 5, 2.5))  # millicores per core, GKE and EKS
CPU_AKS = MarginalScale((0, 1, 2, 4), (60, 40, 20, 10))
MEMORY = MarginalScale((0, 4, 8, 16, 128), (0.25, 0.2, 0.1, 0.06, 0.02))
EVICTION_GIB = 100 / 1024
ZERO = np.zeros(1)


def machine(*values: float) -> Array:
    return np.array(values, dtype=np.float64)


def gke_memory_mib(memory_gib: float, hidden_share: float = 0) -> Array:
    reserved = gke_reserved_memory(machine(memory_gib), MEMORY, 1, 255 / 1024)
    return 1024 * allocatable_memory(machine(memory_gib), machine(hidden_share), reserved, machine(EVICTION_GIB), ZERO)


@pytest.mark.parametrize(
    ("vcpu", "allocatable"),
    [
        (2, 1.93),  # EKS m5.large, t3.medium: 60 + 10
        (4, 3.92),  # GKE e2-standard-4: 60 + 10 + 2 · 5
        (8, 7.91),  # GKE n1-standard-8: and 4 · 2.5
        (48, 47.81),  # EKS g5.12xlarge: 60 + 10 + 10 + 44 · 2.5 = 190
    ],
)
def test_vcpu_of_gke_and_eks(vcpu: float, allocatable: float) -> None:
    for reserved in (reserved_vcpu(machine(vcpu), CPU), eks_reserved_vcpu(machine(vcpu), CPU)):
        assert allocatable_vcpu(machine(vcpu), reserved, ZERO) == pytest.approx(allocatable, rel=1e-12)


def test_eks_cuts_each_range_to_whole_millicores() -> None:
    # 60 + 10 + 10 + ⌊2.5⌋ = 82, where the curve itself says 82.5.
    assert eks_reserved_vcpu(machine(5), CPU) == pytest.approx(0.082)
    assert reserved_vcpu(machine(5), CPU) == pytest.approx(0.0825)


def test_a_shared_core_keeps_a_flat_reserve() -> None:
    assert allocatable_vcpu(machine(2), machine(1.06), ZERO) == pytest.approx(0.94)  # GKE e2-medium


@pytest.mark.parametrize(
    ("cores", "millicores"), [(1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740)]
)
def test_the_table_of_aks_is_a_marginal_scale(cores: float, millicores: float) -> None:
    assert reserved_vcpu(machine(cores), CPU_AKS) == pytest.approx(millicores / 1000)


@pytest.mark.parametrize(
    ("memory_gib", "allocatable_mib"),
    [
        (16, 13621.6),  # e2-standard-4: 16384 - 2662.4 - 100
        (4, 2972),  # e2-medium: 4096 - 1024 - 100
        (30, 27097.4),  # n1-standard-8: 30720 - (2662.4 + 0.06 · 14336 = 3522.6) - 100
        (0.6, 259.4),  # f1-micro: 614.4 - 255 - 100
    ],
)
def test_memory_of_gke_from_nominal(memory_gib: float, allocatable_mib: float) -> None:
    assert gke_memory_mib(memory_gib) == pytest.approx(allocatable_mib, abs=0.05)


def test_memory_of_gke_as_the_vendors_example_shows_it() -> None:
    # 13498416 KiB = 13181.9 MiB on an e2-standard-4: 439.7 MiB, 2.7 % of 16384, never reach the node's capacity.
    assert gke_memory_mib(16, hidden_share=0.0268) == pytest.approx(13498416 / 1024, rel=1e-3)


@pytest.mark.parametrize(("max_pods", "reserved_mib"), [(17, 442), (29, 574), (737, 8362)])
def test_memory_that_eks_keeps(max_pods: float, reserved_mib: float) -> None:
    assert 1024 * eks_reserved_memory(machine(max_pods), 255, 11) == pytest.approx(reserved_mib)


@pytest.mark.parametrize(("hidden_share", "allocatable_mib"), [(0, 7518), (0.05, 7108.4)])
def test_memory_of_eks_m5_large(hidden_share: float, allocatable_mib: float) -> None:
    # 8192 - 574 - 100, and with 5 % hidden; a live node reported 7274920 KiB = 7104 MiB.
    reserved = eks_reserved_memory(machine(29), 255, 11)
    left = allocatable_memory(machine(8), machine(hidden_share), reserved, machine(EVICTION_GIB), ZERO)
    assert 1024 * left == pytest.approx(allocatable_mib)


@pytest.mark.parametrize(
    ("memory_gb", "max_pods", "reserved_gb", "allocatable_gb"),
    [
        (8, 30, 0.65, 7.25),  # 20 MB · 30 + 50 MB; the vendor's own example, in decimal GB
        (4, 70, 1.0, 2.9),  # 1.45 GB, more than a quarter
        (16, 250, 4.0, 11.9),
        (16, 110, 2.25, 13.65),
    ],
)
def test_memory_of_aks(memory_gb: float, max_pods: float, reserved_gb: float, allocatable_gb: float) -> None:
    reserved = aks_reserved_memory(machine(memory_gb), machine(max_pods), 0.05, 0.02, 0.25)
    assert reserved == pytest.approx(reserved_gb)
    assert allocatable_memory(machine(memory_gb), ZERO, reserved, machine(0.1), ZERO) == pytest.approx(allocatable_gb)


def test_memory_that_aks_kept_before_1_29() -> None:
    # 7 GB: 0.25 · 4 + 0.2 · 3 = 1.6, and an eviction threshold of 0.75: 2.35 GB gone.
    assert allocatable_memory(machine(7), ZERO, MEMORY(machine(7)), machine(0.75), ZERO) == pytest.approx(7 - 2.35)


def test_a_node_smaller_than_its_reserves_leaves_nothing() -> None:
    assert allocatable_vcpu(machine(1), machine(0.06), machine(1)) == 0
    assert allocatable_memory(machine(0.5), machine(0.05), machine(0.4), machine(0.1), machine(0.5)) == 0


def test_daemons_take_their_part() -> None:
    assert allocatable_vcpu(machine(4), machine(0.08), machine(0.25)) == pytest.approx(3.67)
    assert allocatable_memory(machine(16), ZERO, machine(2.6), machine(0.1), machine(0.5)) == pytest.approx(12.8)


NODES = Room(
    vcpu=machine(3.92, 7.91, 7.91), memory_gib=machine(13, 27, 27), gpus=machine(0, 0, 1), pods=machine(9, 110, 110)
)


@pytest.mark.parametrize(
    ("vcpu", "memory_gib", "gpus", "pods"),
    [
        (1, 1, 0, [3, 7, 7]),  # by vCPU
        (0.5, 4, 0, [3, 6, 6]),  # by memory
        (0.1, 0.1, 0, [9, 79, 79]),  # by pods, then by vCPU
        (1, 1, 1, [0, 0, 1]),  # by GPU
        (8, 1, 0, [0, 0, 0]),
    ],
)
def test_pods_per_node(vcpu: float, memory_gib: float, gpus: float, pods: list[float]) -> None:
    assert pods_per_node(column(vcpu), column(memory_gib), column(gpus), NODES).tolist() == [pods]


def test_machines_that_are_no_nodes_hold_any_number() -> None:
    # 2 vCPU and 4 GiB on 8 vCPU and 32 GiB: 4 copies.
    sold = Room(machine(8), machine(32), machine(0), machine(np.inf))
    assert pods_per_node(column(2), column(4), column(0), sold) == 4


def test_an_exact_fit_fits() -> None:
    sold = Room(machine(0.3), machine(1), machine(0), machine(110))
    assert pods_per_node(column(0.1), column(0.1), column(0), sold) == 3  # 0.3 / 0.1 lands beside 3 in floats


def trimmed(vcpu: float, memory_gib: float, node: tuple[float, float], gpus: float = 0) -> tuple[float, ...]:
    """Of a node sold with 4 vCPU, 16 GiB and one GPU, that leaves (vCPU, GiB): replicas, ratios of vCPU and memory."""
    sold, room = (Room(machine(each[0]), machine(each[1]), machine(1), machine(9)) for each in ((4, 16), node))
    cut = trim(column(vcpu), column(memory_gib), column(gpus), sold, room, 0.85)
    return cut.pods[0, 0], cut.vcpu_ratio[0, 0], cut.memory_ratio[0, 0]


def test_trim_fits_the_nominal_number_into_what_is_left() -> None:
    # Two of 2 vCPU and 7 GiB on a nominal 4 and 16: 3.92/4 = 0.98 of the vCPU, 13/14 = 0.9286 of the memory.
    assert trimmed(2, 7, (3.92, 13)) == pytest.approx((2, 0.98, 13 / 14))


def test_trim_keeps_a_request_that_fits() -> None:
    # Four of 1 vCPU would take 4 of 3.92: 0.98. Three of 1.3 (4/1.3 = 3.08) take 3.9, and keep what they declare.
    assert trimmed(1, 1, (3.92, 13)) == pytest.approx((4, 0.98, 1))
    assert trimmed(1.3, 1, (3.92, 13)) == (3, 1, 1)


@pytest.mark.parametrize(
    ("memory_gib", "pods", "ratio"),
    [
        (7.64, 2, 13 / 15.28),  # 0.8508
        (7.65, 1, 1),  # 13 / 15.3 = 0.8497, so one keeps all it declares
        (15.2, 1, 13 / 15.2),  # 0.8553
        (15.4, 0, 13 / 15.4),  # 0.8442: not even one
        (16.1, 0, 13 / 16.1),  # does not even fit the machine as it is sold
        # As sold 16/2.6 = 6.15 -> 6 fit, and 13/2.6 = 5 as declared; 13/(0.85 x 2.6) = 5.88 -> 5: nothing is gained
        (2.6, 5, 1),
        # As sold 16/1.45 = 11.03 -> 9 pods at most; 13/1.45 = 8.97 -> 8 as declared; nine get 13/9 = 1.444: 0.9962
        (1.45, 9, 13 / 13.05),
    ],
)
def test_trim_stops_at_the_floor(memory_gib: float, pods: float, ratio: float) -> None:
    assert trimmed(0.1, memory_gib, (4, 13)) == pytest.approx((pods, 1, ratio))


def test_trim_fits_what_the_floor_lets_in_where_the_nominal_number_is_too_many() -> None:
    # 0.5 GiB: as sold 4/0.5 = 8 by CPU; 3.3/0.5 = 6.6 -> 6 as declared; 3.3/0.425 = 7.76 -> 7 get 3.3/3.5.
    assert trimmed(0.5, 0.5, (3.3, 13)) == pytest.approx((7, 3.3 / 3.5, 1))


def test_trim_shares_no_gpu() -> None:
    assert trimmed(0.5, 0.5, (3.92, 13), gpus=1) == (1, 1, 1)


@given(
    vcpu=st.floats(0.05, 4),
    memory_gib=st.floats(0.05, 16),
    larger=st.floats(1, 4),
    node=st.tuples(st.floats(1, 4), st.floats(1, 16)),
)
def test_a_larger_replica_is_never_held_more_often(
    vcpu: float, memory_gib: float, larger: float, node: tuple[float, float]
) -> None:
    few, ratio, _ = trimmed(vcpu * larger, memory_gib * larger, node)
    many, least, _ = trimmed(vcpu, memory_gib, node)
    assert few <= many
    assert few * ratio <= many * least * (1 + 1e-9)  # nor does a node do more work


def test_machines_needed() -> None:
    # ⌈9/4⌉ = 3, ⌈8/4⌉ = 2, none for none.
    assert machines_needed(column(9, 8, 0), column(4)).tolist() == [[3], [2], [0]]


@pytest.mark.parametrize(
    ("vcpu", "memory_gib", "gpus", "share"),
    [
        (0.98, 1, 0, 0.25 / 0.65),  # 0.98 / 3.92
        (0.1, 6.5, 0, 0.5 / 0.65),  # 6.5 / 13
        (0.1, 0.1, 0, 0.1 / 0.65),  # one pod of ten
        (0.98, 1, 1, 0.5),  # one GPU of two is not packed: half a node, more than 0.25 / 0.65
    ],
)
def test_share_of_node(vcpu: float, memory_gib: float, gpus: float, share: float) -> None:
    node = Room(machine(3.92), machine(13), machine(2), machine(10))
    assert share_of_node(column(vcpu), column(memory_gib), column(gpus), node, 0.65) == pytest.approx(share)


def test_a_node_that_lacks_everything_raises_no_warning() -> None:
    node = Room(machine(0), machine(0), machine(0), machine(10))
    assert np.isfinite(share_of_node(column(1), column(1), column(1), node, 0.65))


def test_a_shared_cluster_never_costs_more_nodes_than_ones_own() -> None:
    # 3 · 0.4 = 1.2 of the 2 it would need alone; 3 · 0.9 = 2.7 is more than those.
    assert shared_nodes(column(3), column(0.4, 0.9), column(2)) == pytest.approx(column(1.2, 2))


FARGATE = [
    *((0.25, gib) for gib in (0.5, 1, 2)),
    *((0.5, gib) for gib in range(1, 5)),
    *((1, gib) for gib in range(2, 9)),
    *((2, gib) for gib in range(4, 17)),
    *((4, gib) for gib in range(8, 31)),
    *((8, gib) for gib in range(16, 61, 4)),
    *((16, gib) for gib in range(32, 121, 8)),
]


@pytest.mark.parametrize(
    ("asked", "billed"),
    [((1, 8), (2, 9)), ((0.25, 0.5), (0.25, 1)), ((0.5, 1), (0.5, 2)), ((4, 30), (8, 32))],
)
def test_fargate_adds_a_quarter_and_rounds_up(asked: tuple[float, float], billed: tuple[float, float]) -> None:
    vcpu, memory_gib, held = smallest_listed(column(asked[0]), column(asked[1]) + 0.25, FARGATE)
    assert (vcpu[0, 0], memory_gib[0, 0], held[0, 0]) == (*billed, True)


def test_a_pod_larger_than_any_listed_is_said_to_be() -> None:
    vcpu, memory_gib, held = smallest_listed(column(17, 1), column(1, 121), FARGATE)
    assert np.hstack((vcpu, memory_gib, held)).tolist() == [[16, 120, 0], [16, 120, 0]]


@pytest.mark.parametrize(
    ("memory_gib", "vcpu"), [(0.5, 0.08), (1, 0.5), (4, 1), (4.5, 2), (8, 2), (9, 4), (17, 6), (25, 8)]
)
def test_memory_of_cloud_run_asks_for_vcpu(memory_gib: float, vcpu: float) -> None:
    largest = [(0.08, 0.5), (0.5, 1), (1, 4), (2, 8), (4, 16), (6, 24), (8, 32)]
    assert smallest_listed(column(0.01), column(memory_gib), largest)[0] == vcpu


@pytest.mark.parametrize(
    ("asked", "bursting", "billed"),
    [
        ((0.1, 1), True, (0.154, 1)),  # 1 GiB at 6.5 per vCPU, in millicores
        ((0.1, 1), False, (0.25, 1)),
        ((1, 8), True, (1.231, 8)),
        ((2, 1), True, (2, 2)),
        ((2, 1), False, (2, 2)),
        ((0.01, 0.01), True, (0.05, 52 / 1024)),
        ((0.3, 0.3), False, (0.5, 0.5)),
    ],
)
def test_autopilot_raises_to_its_least_its_ratio_and_its_step(
    asked: tuple[float, float], bursting: bool, billed: tuple[float, float]
) -> None:
    vcpu_least, gib_least, step = (0.05, 52 / 1024, 0.001) if bursting else (0.25, 0.5, 0.25)
    least, ratios = (machine(vcpu_least), machine(gib_least)), (machine(1), machine(6.5))
    vcpu, memory_gib = autopilot_pod(column(asked[0]), column(asked[1]), *least, step, ratios)
    assert (vcpu[0, 0], memory_gib[0, 0]) == pytest.approx(billed, abs=5e-4)


def test_one_row_equals_many() -> None:
    random = np.random.default_rng(4)
    vcpu, memory_gib = random.uniform(0.05, 9, (90, 1)), random.uniform(0.05, 30, (90, 1))
    gpus = random.integers(0, 2, (90, 1)).astype(float)
    pods, shares = pods_per_node(vcpu, memory_gib, gpus, NODES), share_of_node(vcpu, memory_gib, gpus, NODES, 0.65)
    for row in range(90):
        one = vcpu[[row]], memory_gib[[row]], gpus[[row]]
        assert np.array_equal(pods_per_node(*one, NODES)[0], pods[row])
        assert np.array_equal(share_of_node(*one, NODES, 0.65)[0], shares[row])
