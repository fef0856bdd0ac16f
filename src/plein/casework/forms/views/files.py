"""A file that somebody just sent, shown again to them alone."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from plein.casework.forms.forms import is_sender
from plein.casework.forms.models import Upload
from plein.foundation.files.serving import file_response
from plein.foundation.identity.access import everyone


@require_safe
@everyone
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the sender a small picture of what they sent; `?whole` gives the file itself. Others find nothing here."""
    upload = get_object_or_404(Upload, token=token)
    if not is_sender(request, upload.owner):
        raise Http404
    if upload.preview_sha256 and "whole" not in request.GET:
        return file_response(upload.preview_sha256, name=upload.name, media_type="image/jpeg", inline=True)
    return file_response(upload.sha256, name=upload.name, media_type=upload.media_type)
