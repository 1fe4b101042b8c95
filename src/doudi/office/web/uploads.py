"""No request is taken in that is larger than the largest file anybody may send."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from doudi.office.imports.bounds import MOST_BYTES

_OTHER_FIELDS = 2**20


class BoundedUpload(FileUploadHandler):
    """Refuses a form by the length it announces, before any of it is kept on the disk."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - as Django calls it
        content_length: int | None,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """RequestDataTooBig (answered by 400) for too long a form."""
        del input_data, META, boundary, encoding
        if content_length is not None and content_length > MOST_BYTES + _OTHER_FIELDS:
            raise RequestDataTooBig(f"a form of {content_length} bytes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """On to the next handler."""
        del start
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Kept by the next handler."""
        del file_size
