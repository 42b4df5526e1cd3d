// Discovery, grant and call with openid-client and jose, as a production client does them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as oidc from 'openid-client';
import { SignJWT, createRemoteJWKSet, generateKeyPair, jwtVerify } from 'jose';

const base = process.env.SANDBOX_URL;
const issuer = new URL(`${base}/maskinporten/`);
const clientId = '310478717-node';
const { privateKey } = await generateKeyPair('RS256');

// RFC 8414 puts the document of an issuer with a path at the root; plain HTTP is for test environments.
const config = await oidc.discovery(issuer, clientId, undefined, oidc.None(), {
  algorithm: 'oauth2',
  execute: [oidc.allowInsecureRequests],
});
assert.equal(config.serverMetadata().issuer, issuer.href);

async function token(more = {}) {
  const assertion = await new SignJWT({ scope: 'skatteetaten:kravogbetalinger', ...more })
    .setProtectedHeader({ alg: 'RS256', kid: 'node-key' })
    .setIssuer(clientId)
    .setAudience(config.serverMetadata().issuer)
    .setIssuedAt()
    .setExpirationTime('100s')
    .setJti(randomUUID())
    .sign(privateKey);
  return oidc.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:jwt-bearer', { assertion });
}

const call = (path, { access_token }) =>
  oidc.fetchProtectedResource(config, access_token, new URL(`${base}/api/innkreving/kravogbetalinger/v1/${path}`), 'GET');

const own = await token();
assert.equal(own.expires_in, 119);
const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
const { payload } = await jwtVerify(own.access_token, keys, { issuer: issuer.href });
assert.equal(payload.consumer.ID, '0192:310478717');
const answer = await (await call('regnskapssystem/310478717/aapnekrav', own)).json();
assert.equal(answer.partIdentifikator, '310478717');

const systembruker = await token({
  authorization_details: [
    { type: 'urn:altinn:systemuser', systemuser_org: { authority: 'iso6523-actorid-upis', ID: '0192:311851381' } },
  ],
});
assert.equal((await call('regnskapssystem/311851381/aapnekrav', systembruker)).status, 200);

await assert.rejects(token({ scope: 'openid' }), (error) => {
  assert.equal(error.error, 'invalid_scope');
  assert.match(error.error_description, /^MP-201/);
  return true;
});
console.log('discovery, grant, signed call, call as systembruker, a refusal');
