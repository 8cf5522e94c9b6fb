"""The documents of a workspace: dossiers, profile and instruments, its own before the built-in ones.

Each kind is imported where it is read: who lists data sets does not wait for dossiers and scenarios.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Self, TypeVar, cast

from ostra.errors import NotFoundError

if TYPE_CHECKING:
    from ostra.model.control import Timeline
    from ostra.model.dossier import Dossier
    from ostra.model.instrument import Catalogue
    from ostra.model.profile import Profile

Document = TypeVar("Document")
DEFAULT_PROFILE = "eu27"


class Documents:
    """Dossiers, profile and instruments, read when they are first asked for and again when their files change.

    Threads may share them: what one reads, the others wait for.

    Parameters
    ----------
    path : Path, optional
        The workspace folder; without one, only what ostra brings along.
    profile : Path, optional
        Profile to assess by instead of the workspace's own or the built-in one.
    weights : mapping of dimension to number, optional
        Weights that stand for those of the profile.

    Raises
    ------
    NotFoundError
        The folder does not exist.
    """

    def __init__(
        self, path: Path | None = None, *, profile: Path | None = None, weights: Mapping[str, float] | None = None
    ) -> None:
        if path is not None and not path.is_dir():
            raise NotFoundError(f"there is no workspace folder {path}. Make one with: ostra init {path}")
        self.path = path
        self._profile = profile
        self._weights = dict(weights or {})
        self._read: dict[Path, tuple[object, object]] = {}
        self._made: dict[Hashable, object] = {}
        self._reading = RLock()

    @property
    def other_profile(self) -> Path | None:
        """The profile to assess by instead of the workspace's own or the built-in one."""
        return self._profile

    def unchanged(self) -> Self:
        """The same folder seen through its own profile and weights; itself where no others were named."""
        return self._seen_plainly() if self._profile or self._weights else self

    def _seen_plainly(self) -> Self:
        return type(self)(self.path)

    def dossier_files(self) -> dict[str, Path]:
        """Ecosystem id -> file, the workspace's own before built-in ones."""
        from ostra.documents import yaml_documents

        files = yaml_documents.builtin_dossiers()
        if self.path is not None:
            files |= {file.stem: file for file in sorted((self.path / "dossiers").glob("*.yaml"))}
        return dict(sorted(files.items()))

    def dossier(self, ecosystem: str) -> Dossier:
        """Read one dossier by the id of its ecosystem.

        Raises
        ------
        NotFoundError
            No such ecosystem; the message lists those there are.
        DataError
            The file breaks the definition of a dossier.
        """
        from ostra.documents import yaml_documents

        files = self.dossier_files()
        if ecosystem not in files:
            raise NotFoundError(f"there is no ecosystem '{ecosystem}'. There are: {', '.join(files)}")
        return self._once(files[ecosystem], yaml_documents.read_dossier)

    def profile(self) -> Profile:
        """The workspace's profile.yaml, else the built-in profile of the EU-27; with the cases of its cases.csv.

        Raises
        ------
        DataError
            One of the files breaks its definition.
        ConflictError
            A case of cases.csv has the id of one in the profile and says something else.
        """
        profile = self.profile_alone()
        if self.path is None:
            return profile
        from ostra.documents.coercion_cases import read_cases, with_cases

        return with_cases(profile, read_cases(self.path))

    def profile_alone(self) -> Profile:
        """The profile as it is written but for weights given anew, without the cases that were imported.

        Raises
        ------
        DataError
            The file breaks the definition of a profile.
        """
        from ostra.documents import yaml_documents
        from ostra.model.profile import reweighted

        own = self._profile or self._own("profile.yaml")
        return reweighted(
            self._once(own or yaml_documents.builtin_profiles()[DEFAULT_PROFILE], yaml_documents.read_profile),
            self._weights,
        )

    def catalogue(self) -> Catalogue:
        """The workspace's instruments.yaml, else the built-in catalogue.

        Raises
        ------
        DataError
            The file breaks the definition of a catalogue.
        """
        from ostra.documents import yaml_documents

        return self._once(
            self._own("instruments.yaml") or yaml_documents.builtin_catalogue(), yaml_documents.read_catalogue
        )

    def timeline(self) -> Timeline:
        """Controls and coercion: the built-in ones, and those of the workspace's controls.yaml, which stand before.

        Raises
        ------
        DataError
            The file breaks the definition of a timeline.
        """
        from ostra.documents import yaml_documents
        from ostra.documents.own_controls import CONTROLS_FILE, joined

        builtin = self._once(yaml_documents.builtin_timeline(), yaml_documents.read_timeline)
        own = self._own(CONTROLS_FILE)
        return builtin if own is None else joined(builtin, self._once(own, yaml_documents.read_timeline))

    def own_controls(self) -> frozenset[str]:
        """Ids of the entries that the workspace's controls.yaml holds; none without one."""
        from ostra.documents import yaml_documents
        from ostra.documents.own_controls import CONTROLS_FILE

        own = self._own(CONTROLS_FILE)
        if own is None:
            return frozenset()
        return frozenset(control.id for control in self._once(own, yaml_documents.read_timeline).controls)

    def _once(self, file: Path, read: Callable[[Path], Document]) -> Document:
        """The document, read again only when the file has changed; several assessments in turn share it."""
        stamp = stamp_of(file)
        with self._reading:
            known = self._read.get(file)
            if stamp is None or known is None or known[0] != stamp:
                known = self._read[file] = (stamp, read(file))
        return cast("Document", known[1])

    def _kept(self, key: Hashable, make: Callable[[], Document]) -> Document:
        """What stands under the key, made when it is first needed; several threads share it."""
        with self._reading:
            if key not in self._made:
                self._made[key] = make()
            return cast("Document", self._made[key])

    def _own(self, name: str) -> Path | None:
        file = None if self.path is None else self.path / name
        return file if file is not None and file.is_file() else None


def stamp_of(file: Path) -> tuple[int, int] | None:
    """What changes when a file does: the time it was written, and its size; None where there is none."""
    state = file.stat() if file.is_file() else None
    return (state.st_mtime_ns, state.st_size) if state else None
