"""Giving a kept file to somebody who may have it: as a download, never run, never guessed at, kept by no cache."""

from django.http import FileResponse

from plein.foundation.errors import NotFound
from plein.foundation.files.store import path_of

SHOWN = frozenset({"image/jpeg", "image/png"})  # drawn anew by ourselves, so safe inside a page


def file_response(sha256: str, *, name: str, media_type: str, inline: bool = False) -> FileResponse:
    """Answer with a file. The caller has decided that the reader may have it.

    inline: show it inside a page; only pictures that we drew anew are ever shown, all else is a download.
    Raises NotFound when the file is gone.
    """
    path = path_of(sha256)
    if not path.is_file():
        raise NotFound(what=name)
    shown = inline and media_type in SHOWN
    answer = FileResponse(path.open("rb"), as_attachment=not shown, filename=name, content_type=media_type)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
