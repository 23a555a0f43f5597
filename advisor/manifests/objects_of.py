"""The objects of a folder, in groups that are applied together: each overlay of kustomize with its base; the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

import yaml

from advisor.errors import InputError, printable
from advisor.manifests.kinds import Object, mappings
from advisor.manifests.patches import Patch, patch_files, patched, patches_of, read
from advisor.manifests.transforms import transformed

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
SUFFIXES = (".yaml", ".yml", ".json")
MOST_BYTES = 2**22  # of one file
MOST_FILES = 2000
NO_OBJECTS = ("kustomize.config.k8s.io", "kubeadm.k8s.io", "kubelet.config.k8s.io", "eksctl.io")  # read by other tools
COMPONENTS = "components"
REMOTE = ("://", "?ref=", "git@", "github.com/")


@dataclass
class Group:
    """Objects that are applied together, and what could not be read."""

    objects: list[Object] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)  # file, reason
    changed: list[Object] = field(default_factory=list)  # those among them that are no longer as written


class _Loader(yaml.CSafeLoader):
    """Plain data; a tag such as !Ref or !Sub of a template reads as the value behind it."""


def _untagged(loader: _Loader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node)
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else node.value


_Loader.add_multi_constructor("!", _untagged)


def groups_of(folder: Path) -> list[Group]:
    """Read a folder with all below it. Raises `InputError` where there is none."""
    return groups_in(texts_of(folder))


def texts_of(folder: Path) -> dict[str, bytes | None]:
    """The files of a folder that may hold manifests, by name. Raises `InputError` where there is no such folder."""
    if not folder.is_dir():
        raise InputError(f"{printable(str(folder))}: there is no such folder; name one that holds manifests")
    texts: dict[str, bytes | None] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (path.suffix in SUFFIXES or path.name in KUSTOMIZATIONS):
            name = path.relative_to(folder).as_posix()
            if not any(part.startswith(".") for part in PurePosixPath(name).parts):
                texts[name] = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
        if len(texts) > MOST_FILES:
            raise InputError(f"{printable(str(folder))}: more than {MOST_FILES} files; name the folder of one service")
    return texts


def groups_in(texts: Mapping[str, bytes | None]) -> list[Group]:
    """The groups of files by name; None stands for a file that is too large."""
    files = {name: _documents(name, text) for name, text in texts.items()}
    roots = {str(PurePosixPath(name).parent): name for name in files if PurePosixPath(name).name in KUSTOMIZATIONS}
    used = set(roots.values())
    groups: dict[str, Group] = {}
    inner: set[str] = set()
    for place, name in roots.items():
        groups[place] = _Reader(texts, files, roots, used, inner).group(place, name)
    loose = Group()
    for name in files.keys() - used:
        _add(loose, files[name])
    tops = [group for place, group in groups.items() if place not in inner]
    return [group for group in (*tops, loose) if group.objects or group.faults]


@dataclass
class _Reader:
    """Follows a kustomization to all it is made of."""

    texts: Mapping[str, bytes | None]
    files: Mapping[str, Group]
    roots: Mapping[str, str]
    used: set[str]  # files that some kustomization names
    inner: set[str]  # folders that another kustomization builds on

    def group(self, place: str, name: str) -> Group:
        """All objects that a kustomization applies."""
        group = Group()
        self._collect(place, name, group, {place})
        return group

    def _collect(self, place: str, name: str, group: Group, seen: set[str]) -> None:
        group.faults += self.files[name].faults
        for document in (item.document for item in self.files[name].objects):
            for key, entry in _resources(document):
                self._resource(place, name, entry, group, seen, apart=key != COMPONENTS)
            for patch in patches_of(document, name, lambda entry: self._changes(place, name, entry, group)):
                _patch(group, patch)
            after, faults = transformed(group.objects, document)
            group.faults += [(name, fault) for fault in faults]
            _take_over(group, after)

    def _changes(self, place: str, name: str, entry: str, group: Group) -> tuple[str, list[Any]]:
        """The file of a patch, and the changes in it."""
        target = _beside(place, entry)
        self.used.add(target)
        if target not in self.files:
            group.faults.append((name, f"names {entry!r}, which is not there"))
        return target, read(self.texts.get(target) or b"")

    def _resource(self, place: str, name: str, entry: str, group: Group, seen: set[str], apart: bool) -> None:
        target = _beside(place, entry)
        if target in self.files:
            self.used.add(target)
            _add(group, self.files[target])
        elif target in self.roots:
            self.inner.add(target)
            if target not in seen:
                seen.add(target)
                below = Group() if apart else group  # a component changes what it is added to
                self._collect(target, self.roots[target], below, seen)
                _join(group, below)
        elif not any(mark in entry for mark in REMOTE):
            group.faults.append((name, f"names {entry!r}, which is not there"))


def _beside(place: str, entry: str) -> str:
    return normpath(f"{place}/{entry}")


def _resources(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a kustomization is made of, and in which of its lists that stands."""
    for key in ("resources", "bases", COMPONENTS):
        entries = document.get(key)
        yield from ((key, each) for each in entries if isinstance(each, str)) if isinstance(entries, list) else ()


def _patch(group: Group, patch: Patch) -> None:
    """Change the objects of a group, or say why that cannot be."""
    after, fault = patched(group.objects, patch)
    if fault:
        group.faults.append((patch.file, fault))
    _take_over(group, after)


def _take_over(group: Group, after: list[Object]) -> None:
    """The objects after a change, and which of them are no longer as they stand in a file."""
    as_written = {id(item) for item in group.objects} - {id(item) for item in group.changed}
    group.changed = [item for item in after if id(item) not in as_written]
    group.objects = after


def _join(group: Group, below: Group) -> None:
    """Take over what a kustomization below is made of."""
    if below is not group:
        group.objects += below.objects
        group.faults += below.faults
        group.changed += below.changed


def _add(group: Group, found: Group) -> None:
    """Take over what is meant for an API server, once."""
    known = {id(item.document) for item in group.objects}
    group.objects += [item for item in found.objects if _is_object(item) and id(item.document) not in known]
    group.faults += found.faults


def documents_in(texts: Mapping[str, bytes | None]) -> list[Object]:
    """Every document of files by name that is a mapping, whatever it is for; those that only change others left out."""
    files = {name: _documents(name, text) for name, text in texts.items()}
    changing = {
        _beside(str(PurePosixPath(name).parent), each)
        for name, group in files.items()
        if PurePosixPath(name).name in KUSTOMIZATIONS
        for item in group.objects
        for each in patch_files(item.document)
    }
    return [item for name, group in files.items() if name not in changing for item in group.objects]


def _is_object(item: Object) -> bool:
    return {"apiVersion", "kind"} <= item.document.keys() and item.group not in NO_OBJECTS


def _documents(name: str, text: bytes | None) -> Group:
    if text is None:
        return Group(faults=[(name, f"is larger than {MOST_BYTES:,} bytes")])
    try:
        documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return Group(faults=[(name, f"is not valid YAML{line}: {error.problem or error.context}")])
    except (yaml.YAMLError, ValueError, RecursionError, UnicodeDecodeError):
        return Group(faults=[(name, "cannot be read as YAML")])
    return Group([Object(name, each) for each in _listed(documents) if isinstance(each, Mapping)])


def _listed(documents: Iterable[Any]) -> Iterator[Any]:
    """Documents, and the items of those that are lists of objects."""
    for document in documents:
        if isinstance(document, Mapping) and document.get("kind") == "List":
            yield from mappings(document.get("items"))
        else:
            yield document
