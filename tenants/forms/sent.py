from django.http import HttpRequest, QueryDict


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: a POST, even an empty one, is an answer that must be checked."""
    return request.POST if request.method == "POST" else None
