"""Where files are kept that only some people may see."""

from typing import NoReturn

from django.core.files.storage import FileSystemStorage, Storage, storages


class PrivateStorage(FileSystemStorage):
    """Files without an address: whoever gets one gets it from a view that has looked who asks (S11)."""

    def url(self, name: str | None) -> NoReturn:
        raise ValueError("a private file has no address")


def get_private_storage() -> Storage:
    """The storage of what people send each other; a callable, so that no migration names a folder."""
    return storages["private"]
