"""Calls of the control API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Union, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from .types import Problem

# A sandbox is on this machine or beside it. A proxy would not find it.
_opener = build_opener(ProxyHandler({}))


class ControlError(Exception):
    """A refusal of the control API: a problem document."""

    def __init__(self, problem: Problem, status: int) -> None:
        super().__init__(f"{status} {problem['title']}: {problem['detail']}")
        self.problem = problem
        self.status = status


class Http:
    """Sends requests to the control API. `base_url` may name a session: `http://127.0.0.1:8080/~session=build-17`."""

    def __init__(self, base_url: str, *, control_key: Union[str, None] = None, timeout: float = 30) -> None:
        self.base_url = base_url.rstrip("/")
        self._control_key = control_key
        self._timeout = timeout

    @staticmethod
    def _path(template: str, **names: str) -> str:
        return template.format(**{name: quote(value, safe="") for name, value in names.items()})

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Union[Mapping[str, Union[str, int, None]], None] = None,
        body: object = None,
        media: Union[str, None] = None,
    ) -> Any:
        url = self.base_url + path
        given = {name: value for name, value in (query or {}).items() if value is not None}
        asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}
        if asked:
            url += "?" + urlencode(asked)
        data = None
        if media is not None:
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
        request = Request(url, data=data, method=method)
        if media is not None:
            request.add_header("Content-Type", media)
        if self._control_key is not None:
            request.add_header("Authorization", f"Bearer {self._control_key}")
        try:
            with _opener.open(request, timeout=self._timeout) as response:
                data, status = response.read(), response.status
                kind = response.headers.get("Content-Type", "")
        except HTTPError as error:
            with error:
                raise ControlError(_problem(error), error.code) from None
        except (URLError, HTTPException) as error:
            raise ConnectionError(f"{url}: {error}") from error
        if status == 204:
            return None
        if "json" in kind:
            return json.loads(data)
        return data.decode() if kind.startswith("text/") else data


def _problem(error: HTTPError) -> Problem:
    text = error.read().decode(errors="replace")
    try:
        return cast(Problem, json.loads(text))
    except ValueError:
        return {"type": "about:blank", "title": error.reason, "status": error.code, "detail": text}
