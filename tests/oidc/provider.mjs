// A certified OpenID Connect provider for tests: `node provider.mjs` prints its address as the first line.
// POST /control with JSON changes it while it runs: {"accounts": {...}, "claimsInToken": true, "rotate": true}.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const told = JSON.parse(process.env.PLEIN_TEST_PROVIDER ?? '{}');
let accounts = {};
let claimsInToken = true;
let keys = [newKey()];
let handle;

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' };
}

function findAccount(_ctx, id) {
  const account = accounts[id];
  if (!account) return undefined;
  return { accountId: id, claims: () => ({ sub: id, ...account.claims }) };
}

function build(issuer) {
  const provider = new Provider(issuer, {
    clients: told.clients,
    jwks: { keys },
    cookies: { keys: ['only for tests'] },
    claims: { amr: null, openid: ['sub', 'bsn', 'kvk', 'vestiging', 'name', 'email', 'email_verified', 'acting_for', 'deep'] },
    conformIdTokenClaims: !claimsInToken,
    acrValues: told.acrValues,
    findAccount,
    features: { devInteractions: { enabled: false }, claimsParameter: { enabled: claimsInToken } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    clientBasedCORS: () => false,
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid');
      grant.addOIDCClaims([...ctx.oidc.requestParamClaims]);
      await grant.save();
      return grant;
    },
  });
  provider.on('server_error', (_ctx, error) => console.error(error));
  handle = provider.callback();
  return provider;
}

async function bodyOf(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

async function interact(provider, request, response) {
  const asked = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html');
    response.end(`<title>Log in</title><form method="post">
      <input name="login" aria-label="login"><button>Continue</button><button name="no" value="1">Cancel</button></form>
      <p id="asked">${asked.params.acr_values ?? ''}</p>`);
    return;
  }
  const form = new URLSearchParams(await bodyOf(request));
  const account = accounts[form.get('login')];
  const result = account && !form.get('no')
    ? { login: { accountId: form.get('login'), acr: account.acr, amr: account.amr } }
    : { error: 'access_denied', error_description: 'cancelled' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

let provider;
const server = createServer(async (request, response) => {
  if (request.url === '/control') {
    const wanted = JSON.parse(await bodyOf(request));
    accounts = wanted.accounts ?? accounts;
    claimsInToken = wanted.claimsInToken ?? claimsInToken;
    if (wanted.rotate) keys = [newKey()];
    provider = build(told.issuer);
    response.end('{}');
  } else if (request.url.startsWith('/interaction/')) {
    await interact(provider, request, response).catch((error) => { response.statusCode = 400; response.end(`${error}`); });
  } else {
    await handle(request, response);
  }
});
server.listen(Number(new URL(told.issuer).port), '127.0.0.1', () => {
  provider = build(told.issuer);
  console.log(told.issuer);
});
