"""Discovery, grant and call with Authlib, as a production client does them."""

import os
import time
import uuid

import requests
from authlib.integrations.requests_client import AssertionSession
from authlib.jose import JsonWebKey, jwt

base = os.environ["SANDBOX_URL"]
issuer = f"{base}/maskinporten/"
metadata = requests.get(f"{base}/.well-known/oauth-authorization-server/maskinporten", timeout=10).json()
assert metadata["issuer"] == issuer, metadata

key = JsonWebKey.generate_key("RSA", 2048, {"kid": "python-key"}, is_private=True)


def session(**more):
    """An OAuth session that fetches its tokens by JWT grants, as Authlib makes them."""
    return AssertionSession(
        token_endpoint=metadata["token_endpoint"],
        issuer="310478717-python",
        subject="310478717-python",
        audience=metadata["issuer"],
        claims={"jti": str(uuid.uuid4()), "scope": "skatteetaten:kravogbetalinger", **more},
        key=key,
        header={"alg": "RS256", "kid": "python-key"},
        expires_in=100,
        issued_at=int(time.time()),
    )


url = f"{base}/api/innkreving/kravogbetalinger/v1"
own = session()
answer = own.get(f"{url}/regnskapssystem/310478717/aapnekrav")
assert answer.status_code == 200 and answer.json()["partIdentifikator"] == "310478717", answer.text

claims = jwt.decode(own.token["access_token"], JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json()))
claims.validate()
assert claims["consumer"]["ID"] == "0192:310478717", claims

consented = session(
    authorization_details=[
        {
            "type": "urn:altinn:consent",
            "id": str(uuid.uuid4()),
            "from": "urn:altinn:organization:identifier-no:311851381",
        }
    ]
)
answer = consented.get(f"{url}/finans/311851381/aapnekrav")
assert answer.status_code == 200, answer.text
answer = consented.get(f"{url}/finans/314961900/aapnekrav")
assert answer.status_code == 403 and answer.json()["kode"] == "KB-005", answer.text
print("discovery, grant, signed call, consented call")
